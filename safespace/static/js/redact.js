// Takes a selected piece of the text over into the form for leaving something out; typing it works just as well.
const text = document.querySelector("[data-text]");
const parts = document.querySelector("[data-parts]");

// What only the numbers of signals say is no part of the text.
function selected() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed || !text.contains(selection.anchorNode) || !text.contains(selection.focusNode)) return "";
  const piece = selection.getRangeAt(0).cloneContents();
  for (const mark of piece.querySelectorAll(".sr, sup")) mark.remove();
  return piece.textContent.trim();
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
