// Reading aloud, by voices of this machine alone: a voice that is not `localService` sends what it reads to somebody else.
// Paragraph by paragraph: the one that is read is marked and in view.
const speech = window.speechSynthesis;
const BLOCKS = "p, li, h2, h3, h4, h5, h6, dt, dd, blockquote, figcaption, td, th";
const UNREAD = "pre, rt, rp, .media, .embed, .film, .listening-tools, math";
const LONGEST = 180; // characters of one utterance: some voices stop in longer ones
let blocks = [];
let here = -1;

const box = () => document.querySelector(".aloud");
const language = (element) => element.closest("[lang]").lang || document.documentElement.lang;
const primary = (tag) => tag.split(/[-_]/)[0].toLowerCase();
const voices = (tag) => speech.getVoices().filter((voice) => voice.localService && primary(voice.lang) === primary(tag));

// The one in the language's own form first: zh-TW for zh-Hant-TW.
function voiceFor(tag) {
  const chosen = voices(tag).find((voice) => voice.voiceURI === box().querySelector("select").value);
  const region = tag.split("-").at(-1).toUpperCase();
  return chosen ?? voices(tag).find((voice) => voice.lang.toUpperCase().endsWith(region)) ?? voices(tag)[0];
}

function textOf(block) {
  const copy = block.cloneNode(true);
  for (const element of copy.querySelectorAll(`${UNREAD}, ${BLOCKS}`)) element.remove();
  return copy.textContent.replace(/\s+/g, " ").trim();
}

function sentences(text, tag) {
  const found = new Intl.Segmenter(tag, { granularity: "sentence" }).segment(text);
  return [...found].flatMap(({ segment }) => segment.match(new RegExp(`.{1,${LONGEST}}(?:\\s|$)|.{1,${LONGEST}}`, "gu")));
}

function show(isReading, isPaused = false) {
  for (const button of box().querySelectorAll("[data-aloud]")) {
    button.hidden = button.dataset.aloud === "play" ? isReading && !isPaused : !isReading || (button.dataset.aloud === "pause" && isPaused);
  }
}

function mark(block) {
  for (const marked of document.querySelectorAll(".spoken")) marked.classList.remove("spoken");
  block?.classList.add("spoken");
  block?.scrollIntoView({ block: "nearest" });
}

function stop() {
  here = -1;
  speech.cancel();
  mark(null);
  if (box()) show(false);
}

function read(number) {
  const block = blocks[number];
  if (!block) return stop();
  const tag = language(block);
  const voice = voiceFor(tag);
  const parts = voice ? sentences(textOf(block), tag) : [];
  if (!parts.length) return read(number + 1); // in a language that this machine can't speak
  here = number;
  mark(block);
  for (const [at, part] of parts.entries()) {
    const said = Object.assign(new SpeechSynthesisUtterance(part), { voice, lang: voice.lang });
    if (at === parts.length - 1) said.onend = () => here === number && read(number + 1);
    said.onerror = ({ error }) => here === number && error !== "interrupted" && error !== "canceled" && stop();
    speech.speak(said);
  }
}

function play() {
  show(true);
  if (here >= 0 && speech.paused) return speech.resume();
  speech.cancel(); // what another page of this browser has left
  const article = box().closest("article");
  const title = article.querySelector(".article-head h1") ?? document.getElementById(article.getAttribute("aria-labelledby"));
  blocks = [title, ...article.querySelectorAll(`.prose :is(${BLOCKS})`)];
  read(0);
}

function offer() {
  if (!box()) return;
  const known = voices(language(document.querySelector(".prose")));
  const select = box().querySelector("select");
  select.replaceChildren(...known.map((voice) => new Option(voice.name, voice.voiceURI)));
  select.closest("label").hidden = known.length < 2;
  box().hidden = !known.length;
}

if (speech && window.Intl?.Segmenter) {
  document.addEventListener("click", ({ target }) => {
    const asked = target.closest("[data-aloud]")?.dataset.aloud;
    if (asked === "play") play();
    else if (asked === "stop") stop();
    else if (asked === "pause") {
      speech.pause();
      show(true, true);
    }
    if (asked) [...box().querySelectorAll("[data-aloud]")].find((button) => !button.hidden)?.focus();
  });
  document.addEventListener("article:shown", offer);
  document.addEventListener("article:left", stop);
  addEventListener("pagehide", stop);
  speech.addEventListener?.("voiceschanged", () => here < 0 && offer());
  offer();
}
