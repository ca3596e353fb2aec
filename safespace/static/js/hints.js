// Once somebody stops typing, asks the server for a gentle hint about the words. Nothing of them is kept anywhere, and
// whatever comes back, sending stays possible.
const PAUSE = 1200; // milliseconds without a key
const SHORTEST = 3; // a few letters can say it all

function watch(form) {
  const text = form.querySelector("textarea[name=body]");
  const line = form.querySelector("[data-hint-line]");
  const help = form.querySelector("[data-hint-help]");
  let timer = 0;
  let asked = "";

  async function look() {
    const typed = [form.elements.title?.value, text.value].filter(Boolean).join("\n\n").trim();
    if (typed === asked) return;
    asked = typed;
    if (typed.length < SHORTEST) {
      line.textContent = "";
      return;
    }
    try {
      const answer = await fetch(form.dataset.hints, {
        method: "POST",
        body: new URLSearchParams({ csrf_token: form.elements.csrf_token.value, text: typed }),
        headers: { Accept: "application/json" },
        credentials: "same-origin",
      });
      if (!answer.ok || asked !== typed) return;
      const found = await answer.json();
      const said = found.hints.join(" ");
      if (line.textContent !== said) line.textContent = said;
      if (!found.help || !help.hidden) return; // it stays: taking words away does not take the worry away
      help.hidden = false;
      help.scrollIntoView({ block: "nearest" });
    } catch {
      // No connection: there is no hint.
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
  if (text.value) look();
}

export function start() {
  for (const form of document.querySelectorAll("form[data-hints]")) watch(form);
}
