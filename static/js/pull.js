// On a touch screen: a list that is drawn down from its top is loaded again, also where the browser has no such gesture, as
// in a window of its own on a home screen. `r` and the browser's button do the same.
const FAR = 96; // pixels that are meant

const sign = document.createElement("div");
sign.className = "pull";
sign.ariaHidden = "true";
let from = null;
let by = 0;

addEventListener("touchstart", ({ touches: [touch, second], target }) => {
  const isBusy = second || scrollY > 0 || target.closest("dialog, [popover], #reading, .row-article pre");
  from = isBusy ? null : touch.clientY;
  by = 0;
}, { passive: true });

addEventListener("touchmove", ({ touches: [touch, second] }) => {
  if (from === null) return;
  by = touch.clientY - from;
  if (second || scrollY > 0 || by < 0) return end();
  if (!sign.isConnected) document.body.append(sign);
  sign.style.setProperty("--pulled", `${Math.min(by, FAR) / 2}px`);
  sign.classList.toggle("far", by >= FAR);
}, { passive: true });

addEventListener("touchend", () => {
  if (from !== null && by >= FAR) location.reload();
  else end();
});
addEventListener("touchcancel", end);

function end() {
  from = null;
  sign.remove();
}
