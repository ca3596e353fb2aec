// Small help for forms, fetched only where a form asks for it. Without it every form works all the same.
const has = (selector) => document.querySelector(selector) !== null;

if (has("form[data-draft]") || has("[data-sent]")) import("./draft.js").then((draft) => draft.start());
if (has("form[data-once]")) import("./once.js").then((once) => once.start());
if (has("input[data-from-fragment]")) import("./fragment.js").then((fragment) => fragment.start());

document.querySelector("[data-summary]")?.focus();
