// Counts down what can still be undone, and says so once it is in the group.
for (const band of document.querySelectorAll("[data-held]")) {
  const ends = Date.now() + Number(band.dataset.seconds) * 1000;
  const timer = setInterval(() => {
    const left = Math.ceil((ends - Date.now()) / 1000);
    if (left > 0) {
      band.querySelector("[data-held-count]").textContent = String(left);
      return;
    }
    clearInterval(timer);
    band.querySelector("[data-held-text]").textContent = band.dataset.done;
    band.querySelector("form")?.remove();
  }, 250);
}
