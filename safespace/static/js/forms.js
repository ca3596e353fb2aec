// Small help for forms, fetched only where a form asks for it. Without it every form works all the same.
const has = (selector) => document.querySelector(selector) !== null;
const keepsDrafts = () => {
  try {
    return sessionStorage.length > 0;
  } catch {
    return false; // storage can be forbidden
  }
};

if (has("form[data-draft]") || keepsDrafts()) import("./draft.js").then((draft) => draft.start());
if (has("form[data-once]")) import("./once.js").then((once) => once.start());
if (has("form[data-hints]")) import("./hints.js").then((hints) => hints.start());
if (has("input[data-from-fragment]")) import("./fragment.js").then((fragment) => fragment.start());

document.querySelector("[data-summary]")?.focus();
