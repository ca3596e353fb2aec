// One key for each action, when somebody wants that (WCAG 2.1.4): never in a field, with a modifier or under a dialog.
const help = document.querySelector("[data-keys-help]");
const keys = new Map(Object.entries(JSON.parse(help.dataset.keys || "{}"))); // action → key
const root = document.querySelector("main");
const button = document.querySelector("[data-keys-button]");
const TYPED = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";

const links = () => [...root.querySelectorAll("[data-review] .queue-row__link")].filter((link) => link.offsetParent);

// What an action works on: marked by data-key, or the panel of that decision.
function target(action) {
  const marked = root.querySelector(`[data-key="${action}"]`) ?? document.getElementById(`panel-${action}`);
  return marked ?? (action === "approve" ? root.querySelector("[data-decide] > button") : null); // one press, no panel
}

function move(step) {
  const all = links();
  if (!all.length) return;
  const at = all.indexOf(document.activeElement);
  const to = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1);
  all[to].focus();
  all[to].scrollIntoView({ block: "nearest" });
}

function open() {
  const folded = root.querySelector("details[data-fold]:not([open])");
  if (links().includes(document.activeElement)) document.activeElement.click();
  else if (folded) folded.open = true;
  else links()[0]?.click();
}

function show() {
  if (!help.open) help.showModal();
}

function act(action) {
  if (action === "down") move(1);
  else if (action === "up") move(-1);
  else if (action === "open") open();
  else if (action === "help") show();
  else {
    const found = target(action);
    if (!found) return false;
    if (found.matches("details")) {
      found.open = true;
      (found.querySelector("select, textarea, input:not([type=hidden]), button") ?? found.querySelector("summary")).focus();
      found.scrollIntoView({ block: "nearest" });
    } else if (found.matches("button, a, summary")) found.click();
    else {
      found.scrollIntoView({ block: "nearest" });
      (found.querySelector("input:checked, select, input:not([type=hidden])") ?? found).focus();
    }
  }
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.target.closest?.(TYPED)) {
    // Escape leaves the field for its panel, so that the keys work again.
    if (event.key === "Escape") event.target.closest("details")?.querySelector("summary").focus();
    return;
  }
  const pressed = event.key.toLowerCase();
  if (event.shiftKey && /^\p{L}$/u.test(pressed)) return; // Shift makes another letter of it; `?` needs Shift
  for (const [action, key] of keys) {
    if (key === pressed && act(action)) {
      event.preventDefault();
      return;
    }
  }
});

// The key of each control is told to who listens to the page instead of looking at it.
function tell() {
  for (const [action, key] of keys) {
    const found = target(action);
    const control = found?.matches("details") ? found.querySelector("summary") : found;
    control?.setAttribute("aria-keyshortcuts", key);
  }
}
tell();
button.hidden = false;
button.addEventListener("click", show);
for (const line of help.querySelectorAll("[data-key-line]")) line.hidden = keys.size === 0;
