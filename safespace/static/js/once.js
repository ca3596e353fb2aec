// A second press on the same button does nothing. The server is the guard; this spares people the doubt.
const REST = 8000; // milliseconds until the button works again, should no answer come

function free(form) {
  delete form.dataset.busy;
  for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-disabled");
}

export function start() {
  for (const form of document.querySelectorAll("form[data-once]")) {
    form.addEventListener("submit", (event) => {
      if ("busy" in form.dataset) {
        event.preventDefault();
        return;
      }
      form.dataset.busy = "";
      for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
      setTimeout(() => free(form), REST);
    });
    addEventListener("pageshow", () => free(form));
  }
}
