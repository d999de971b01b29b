// Chinese headlines end their lines between words. Where words end the browser knows, but no style sheet asks it for
// Chinese: `word-break: auto-phrase` is for Japanese. So each word is followed by a place where a line may end.
const HEADLINES = ".article-head h1, .prose :is(h2, h3, h4), .row-text > :is(h2, h3) a, .beside-title";
const HAN = /\p{sc=Han}{2}/u;

function mark(headline, words) {
  const texts = [];
  const walker = document.createTreeWalker(headline, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (HAN.test(walker.currentNode.data)) texts.push(walker.currentNode);
  for (const text of texts) {
    const pieces = [...words.segment(text.data)].map(({ segment }) => segment);
    text.replaceWith(...pieces.flatMap((piece, number) => (number ? [document.createElement("wbr"), piece] : [piece])));
  }
  headline.classList.add("phrased");
}

function markAll() {
  const words = new Intl.Segmenter("zh", { granularity: "word" });
  for (const headline of document.querySelectorAll(HEADLINES)) {
    const isChinese = headline.closest("[lang]")?.lang.startsWith("zh");
    if (isChinese && !headline.classList.contains("phrased") && HAN.test(headline.textContent)) mark(headline, words);
  }
}

if (Intl.Segmenter) {
  markAll();
  for (const happening of ["article:shown", "rows:added"]) document.addEventListener(happening, markAll);
}
