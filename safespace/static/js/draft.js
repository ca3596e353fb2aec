// Keeps what somebody types in this tab only, so that a lost connection or a wrong tap loses no words.
// Gone when the tab closes, after 24 hours, by Snel weg and signing out, once the server has said that it has the text,
// and as soon as somebody else is signed in: a computer may be shared.
const LIFETIME = 24 * 60 * 60 * 1000; // milliseconds
const PREFIX = "draft:";
const KEPT = 3; // texts of the server, of one field, over which it was typed
const TAG = document.documentElement.dataset.tag; // of whoever is signed in; empty when nobody is

const fields = (form) =>
  [...form.elements].filter(
    (field) => field.name && field.matches("textarea, input[type=text]") && !field.matches("[data-no-draft]"),
  );

// On a slow line somebody types, and even sends, before this script is there: what came back was refused.
const typed = (form) => fields(form).some((field) => field.value !== field.defaultValue);

function read(name) {
  try {
    const kept = JSON.parse(sessionStorage.getItem(name) ?? "null");
    if (kept && kept.tag === TAG && Date.now() - kept.at < LIFETIME) return kept;
    sessionStorage.removeItem(name);
  } catch {
    // Unreadable or forbidden storage: there is no draft.
  }
  return null;
}

function write(form, sent) {
  const values = Object.fromEntries(fields(form).map((field) => [field.name, field.value]));
  const name = PREFIX + form.dataset.draft;
  const over = read(name)?.over ?? {};
  for (const field of fields(form)) over[field.name] = [...new Set([...(over[field.name] ?? []), field.defaultValue])].slice(-KEPT);
  try {
    if (Object.values(values).some(Boolean)) sessionStorage.setItem(name, JSON.stringify({ at: Date.now(), tag: TAG, page: location.pathname, sent, values, over }));
    else sessionStorage.removeItem(name);
  } catch {
    // Full or forbidden storage: the form still works.
  }
}

// What the server gave back wins over what this tab kept, unless that is what was already there when it was typed.
function restore(form) {
  const kept = read(PREFIX + form.dataset.draft);
  if (!kept) return;
  for (const field of fields(form)) {
    if (!kept.values[field.name] || (field.value !== "" && !kept.over?.[field.name]?.includes(field.value))) continue;
    field.value = kept.values[field.name];
    field.dispatchEvent(new Event("restored"));
    form.closest("details")?.setAttribute("open", ""); // what came back is not left out of sight
  }
}

// Where the form is no more, its words still are: to read and to copy.
function show(section) {
  const place = section.dataset.keptWords || location.pathname;
  for (const name of names()) {
    const kept = read(name);
    if (!kept?.page?.startsWith(place)) continue;
    for (const text of Object.values(kept.values).filter(Boolean)) {
      const words = document.createElement("div");
      words.className = "kept__text";
      words.tabIndex = 0;
      words.textContent = text;
      section.append(words);
    }
    section.hidden = false;
  }
}

function names() {
  try {
    return Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));
  } catch {
    return []; // forbidden storage holds nothing
  }
}

// Reading drops what is too old or somebody else's. A page that does not say that a text arrived came of one that did
// not: it counts as sent no longer, or the next text that does arrive would take it along.
function tidy({ sent }) {
  for (const name of names()) {
    const kept = read(name);
    if (!kept?.sent) continue;
    if (sent) sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, JSON.stringify({ ...kept, sent: false }));
  }
}

export function start() {
  if (!TAG) return; // whoever signs in next may be the same person
  tidy({ sent: document.querySelector("[data-sent]") !== null });
  document.querySelectorAll("[data-kept-words]").forEach(show);
  for (const form of document.querySelectorAll("form[data-draft]")) {
    restore(form);
    if (form.querySelector("[aria-invalid=true]") || typed(form)) write(form, false);
    form.addEventListener("input", () => write(form, false));
    form.addEventListener("submit", () => write(form, true));
  }
}
