// Keeps what somebody types in this tab only, so that a lost connection or a wrong tap loses no words.
// Gone when the tab closes, after 24 hours, by Snel weg, and once the server has said that it has the text.
const LIFETIME = 24 * 60 * 60 * 1000; // milliseconds
const PREFIX = "draft:";

const fields = (form) =>
  [...form.elements].filter(
    (field) => field.name && field.matches("textarea, input[type=text]") && !field.matches("[data-no-draft]"),
  );

function read(name) {
  try {
    const kept = JSON.parse(sessionStorage.getItem(name) ?? "null");
    if (kept && Date.now() - kept.at < LIFETIME) return kept;
    sessionStorage.removeItem(name);
  } catch {
    // Unreadable or forbidden storage: there is no draft.
  }
  return null;
}

function write(form, sent) {
  const values = Object.fromEntries(fields(form).map((field) => [field.name, field.value]));
  const name = PREFIX + form.dataset.draft;
  try {
    if (Object.values(values).some(Boolean)) sessionStorage.setItem(name, JSON.stringify({ at: Date.now(), sent, values }));
    else sessionStorage.removeItem(name);
  } catch {
    // Full or forbidden storage: the form still works.
  }
}

// What the server gave back wins over what this tab kept.
function restore(form) {
  const kept = read(PREFIX + form.dataset.draft);
  if (!kept) return;
  for (const field of fields(form)) {
    if (field.value !== "" || !kept.values[field.name]) continue;
    field.value = kept.values[field.name];
    field.dispatchEvent(new Event("restored"));
    form.closest("details")?.setAttribute("open", ""); // what came back is not left out of sight
  }
}

function clearSent() {
  for (const name of Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX))) {
    if (read(name)?.sent) sessionStorage.removeItem(name);
  }
}

export function start() {
  if (document.querySelector("[data-sent]")) clearSent();
  for (const form of document.querySelectorAll("form[data-draft]")) {
    restore(form);
    form.addEventListener("input", () => write(form, false));
    form.addEventListener("submit", () => write(form, true));
  }
}
