// One item: says so when it changed while somebody was reading, shows the samples that fit, counts the own words.
const root = document.querySelector("[data-queue]");
const changed = document.querySelector("[data-changed]");

document.addEventListener("queue", ({ detail }) => {
  if (!detail.item || String(detail.item.version) === root.dataset.version || !changed.hidden) return;
  changed.hidden = false;
  changed.firstElementChild.setAttribute("role", "status");
  if (!detail.item.open) {
    // Decided by a colleague: sending still works, and tells who decided what with the words kept; reading goes beside it.
    Object.assign(changed.querySelector("a"), { target: "_blank", rel: "noopener" });
    return;
  }
  for (const button of document.querySelectorAll("[data-decide] .actions button, [data-decide] > button")) {
    button.disabled = true;
  }
});

for (const part of document.querySelectorAll("[data-template]")) {
  const select = part.querySelector("select");
  const samples = part.querySelector("details");
  const reason = part.closest("form").querySelector("select[name=reason]");
  const show = () => {
    const unfit = new Set();
    for (const option of select.options) {
      const { reasons } = option.dataset;
      option.hidden = option.disabled = Boolean(reasons && reason?.value && !reasons.split(" ").includes(reason.value));
      if (option.hidden) unfit.add(option.value);
    }
    if (unfit.has(select.value)) select.value = "";
    for (const sample of part.querySelectorAll("[data-sample]")) {
      const { sample: key } = sample.dataset;
      sample.hidden = unfit.has(key) || (select.value !== "" && key !== select.value);
    }
    if (select.value) samples.open = true;
  };
  for (const field of [select, reason]) {
    field?.addEventListener("change", show);
    field?.addEventListener("restored", show);
  }
  show();
}

for (const box of document.querySelectorAll("[data-own]")) {
  const least = Number(box.dataset.own);
  const hint = document.createElement("span");
  hint.className = "hint own-count";
  box.after(hint);
  const show = () => {
    const left = least - box.value.trim().length;
    hint.textContent = left > 0 && box.value ? box.dataset.left.replace("%d", String(left)) : "";
  };
  box.addEventListener("input", show);
  box.addEventListener("restored", show);
  show();
}
