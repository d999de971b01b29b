// Sounds and films: where one is in them is kept with the account, and told to it four times a minute at most. A sound that
// plays goes along to the next page of this window, in a small player; it is silent only while that page loads.
import { part, still } from "./part.js";
import { keep, kept } from "./session.js";

const NOTED = "listening"; // in this window's sessionStorage: what plays
const SPEED = "speed"; // in this browser's localStorage
const TOLD_EVERY = 15; // seconds
const BEGUN = 5; // seconds: less is not worth keeping
const parts = await still("listening");
const tools = parts.getElementById("listening-tools");
const players = new WeakMap(); // what is known of each player
let playing = null; // the player that was started last
let sleep = 0; // the time when it is to stop
let sleeping = 0;
let bar = null;

function tell(player, at = player.currentTime) {
  const { file, hear, told } = players.get(player);
  const seconds = at < BEGUN ? 0 : Math.floor(at);
  if (seconds === told) return;
  players.get(player).told = seconds;
  part(hear, { method: "POST", body: new URLSearchParams({ file, at: seconds }), keepalive: true }).catch(() => {});
}

const clock = (seconds) => {
  const parts = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), Math.floor(seconds % 60)];
  return (parts[0] ? parts : parts.slice(1)).map((part, at) => (at ? String(part).padStart(2, "0") : part)).join(":");
};

function stopAfter(minutes) {
  sleep = minutes ? Date.now() + 60_000 * minutes : 0;
  wait();
}
function wait() {
  clearTimeout(sleeping);
  if (sleep) sleeping = setTimeout(() => { playing?.pause(); sleep = 0; }, Math.max(0, sleep - Date.now()));
}

function adopt(player, known) {
  players.set(player, { told: known.at ?? 0, ...known });
  if (known.at) player.currentTime = known.at; // before anything is loaded: where it will begin
  player.defaultPlaybackRate = player.playbackRate = kept(SPEED, "localStorage") ?? 1;
  const box = tools.content.firstElementChild.cloneNode(true);
  const [speed, stop, from] = ["[data-speed]", "[data-sleep]", "[data-from]"].map((name) => box.querySelector(name));
  speed.value = String(player.playbackRate);
  if (known.at && !known.isAlong) from.textContent = `${from.dataset.from} ${clock(known.at)}`;
  box.addEventListener("click", ({ target }) => {
    const step = Number(target.closest("[data-skip]")?.dataset.skip ?? 0);
    if (step) player.currentTime = Math.max(0, player.currentTime + step);
  });
  speed.addEventListener("change", () => {
    player.defaultPlaybackRate = player.playbackRate = Number(speed.value);
    keep(SPEED, player.playbackRate, "localStorage");
  });
  stop.addEventListener("change", () => stopAfter(Number(stop.value)));
  player.after(box);
  player.addEventListener("play", () => start(player));
  player.addEventListener("timeupdate", () => {
    if (!player.paused && Math.abs(player.currentTime - players.get(player).told) >= TOLD_EVERY) tell(player);
  });
  player.addEventListener("pause", () => {
    const hasGone = !player.isConnected && !player.ended && !known.isAlong;
    if (hasGone) return comeAlong(player); // its article has made room for another
    if (!player.ended) tell(player);
  });
  player.addEventListener("ended", () => tell(player, 0));
}

function start(player) {
  if (playing && playing !== player) playing.pause();
  playing = player;
  if (bar && !bar.contains(player)) close();
  if (!navigator.mediaSession) return;
  navigator.mediaSession.metadata = new MediaMetadata({ title: players.get(player).name });
  for (const [action, step] of [["seekbackward", -15], ["seekforward", 30]]) {
    navigator.mediaSession.setActionHandler(action, () => (player.currentTime += step));
  }
}

function close() {
  bar.remove();
  bar = null;
  keep(NOTED, null);
}

function described(player) {
  const { file, hear, name, address } = players.get(player);
  return { file, hear, name, address, src: player.currentSrc, at: player.currentTime, plays: !player.paused, sleep };
}

function comeAlong(player) {
  if (player.localName === "audio") show({ ...described(player), plays: true });
}

// The small player.
function show(noted) {
  bar?.remove();
  bar = parts.getElementById("listening-bar").content.firstElementChild.cloneNode(true);
  const [player, link] = [bar.querySelector("audio"), bar.querySelector("a")];
  link.textContent = noted.name;
  link.href = noted.address;
  player.src = noted.src;
  adopt(player, { ...noted, isAlong: true });
  bar.querySelector("[data-close]").addEventListener("click", () => {
    player.pause();
    close();
  });
  (document.querySelector("body > .toolbar") ?? document.querySelector(".site-footer")).before(bar);
  playing = player;
  if (noted.plays) player.play().catch(() => {}); // a browser may want a press first
}

function adoptArticle() {
  const article = document.querySelector("[data-hear]");
  if (!article) return;
  const { hear, name } = article.dataset;
  const heard = JSON.parse(article.dataset.heard);
  const inside = article.closest("article") ?? document;
  for (const player of inside.querySelectorAll("[data-file]")) {
    const { file } = player.dataset;
    if (!players.has(player)) adopt(player, { file, hear, name, address: hear.replace(/hear\/$/, ""), at: heard[file] });
  }
}

function goOn() {
  const noted = kept(NOTED);
  if (!noted || !/^\/articles\/\d+\/$/.test(noted.address)) return;
  sleep = noted.sleep ?? 0;
  wait();
  const here = [...document.querySelectorAll("audio[data-file]")].find((player) => player.dataset.file === noted.file);
  if (!here) return show(noted);
  here.currentTime = noted.at;
  if (noted.plays) here.play().catch(() => {});
}

addEventListener("pagehide", () => {
  const isAlong = playing?.localName === "audio" && (bar?.contains(playing) || !playing.paused);
  keep(NOTED, isAlong ? described(playing) : null);
  if (playing && !playing.paused) tell(playing);
});
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  bar?.remove();
  bar = null;
  goOn();
});
document.addEventListener("article:shown", adoptArticle);
adoptArticle();
goOn();
