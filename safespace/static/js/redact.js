// Takes a selected piece of the text over into the form for leaving something out; typing it works just as well.
const text = document.querySelector("[data-text]");
const parts = document.querySelector("[data-parts]");

const OTHER = "[^\\p{L}\\p{N}_]"; // than a letter
const isLetter = /[\p{L}\p{N}_]/u;

// What only the numbers of signals say is no part of the text.
function plain(range) {
  const piece = range.cloneContents();
  for (const mark of piece.querySelectorAll(".sr, sup")) mark.remove();
  return piece.textContent;
}

// A piece of a word that stands by itself elsewhere would be left out there only: then it is the whole word. So it is for
// one that goes over from the title into the text.
function selected() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed || !text.contains(selection.anchorNode) || !text.contains(selection.focusNode)) return "";
  const range = selection.getRangeAt(0);
  const around = document.createRange();
  around.selectNodeContents(text);
  const all = plain(around);
  around.setEnd(range.startContainer, range.startOffset);
  const raw = plain(range);
  const piece = raw.trim();
  if (!piece) return "";
  let start = plain(around).length + raw.length - raw.trimStart().length;
  let end = start + piece.length;
  const inWord = (at) => at > 0 && at < all.length && isLetter.test(all[at - 1]) && isLetter.test(all[at]);
  if (!inWord(start) && !inWord(end)) return piece;
  const escaped = piece.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&").replace(/\s+/g, "\\s+");
  const alone = new RegExp(`(?:^|${OTHER})${escaped}(?:$|${OTHER})`, "iu");
  if (!alone.test(all) && !/\n\s*\n/.test(piece)) return piece;
  while (inWord(start)) start -= 1;
  while (inWord(end)) end += 1;
  return all.slice(start, end);
}

function takeOver() {
  const piece = selected() || kept;
  const row = [...parts.querySelectorAll("[data-part]")].find((one) => !one.querySelector("textarea").value);
  if (!piece || !row) return;
  const more = row.closest("details[data-more-parts]");
  if (more) more.open = true;
  row.querySelector("textarea").value = piece; // over the end of a line as well
  row.querySelector("select").focus();
  kept = "";
}

let kept = ""; // pressing a button on a phone ends the selection

if (text && parts) {
  parts.querySelector("[data-pick]").hidden = false;
  document.addEventListener("selectionchange", () => {
    kept = selected() || kept;
  });
  parts.querySelector("[data-pick-button]").addEventListener("click", takeOver);
}
