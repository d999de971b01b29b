// Leads from match to match in an opened article; without this there is a link to the first one.
function lead(bar) {
  const article = bar.closest(".opened") ?? document;
  const firsts = [...article.querySelectorAll("mark.match[id]")];
  const all = [...article.querySelectorAll("mark.match")];
  const output = bar.querySelector("output");
  let here = -1;

  // A match that tags divide has its first part here and the others behind it.
  function parts(first) {
    const begin = all.indexOf(first);
    const rest = all.slice(begin + 1).findIndex((mark) => mark.id);
    return all.slice(begin, rest < 0 ? undefined : begin + 1 + rest);
  }

  function go(step) {
    here = here < 0 && step < 0 ? firsts.length - 1 : (here + step + firsts.length) % firsts.length;
    for (const mark of all) mark.classList.remove("current");
    const marks = parts(firsts[here]);
    for (const mark of marks) mark.classList.add("current");
    for (let around = marks[0].closest("details"); around; around = around.parentElement.closest("details")) around.open = true;
    marks[0].scrollIntoView({ block: "center" });
    output.hidden = false;
    output.textContent = output.dataset.of.replace("{n}", here + 1).replace("{total}", firsts.length);
  }

  for (const button of bar.querySelectorAll("[data-step]")) {
    button.hidden = false;
    button.addEventListener("click", () => go(Number(button.dataset.step)));
  }
  bar.querySelector(".matches-first").hidden = true;
}

// The article of the page, or one that is opened beside its list or in its row, and so comes later.
function leadInOpened() {
  const bar = document.querySelector(".matches:has(output):not([data-leads])");
  if (!bar) return;
  bar.dataset.leads = "";
  lead(bar);
}
leadInOpened();
document.addEventListener("article:shown", leadInOpened);
