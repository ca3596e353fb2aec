// Times that run: how long something lasts is counted on here, in the words of the server. No request is made for it.
const SECOND = 1000;
const root = document.querySelector("[data-lasting]");
const ahead = Date.now() - Date.parse(root.dataset.lasting); // the clock of this machine may be wrong

function words(seconds) {
  const { second, seconds: many, minute, minutes, hour, hours, days } = root.dataset;
  const said = (one, more, number) => (number === 1 ? one : more.replace("%d", String(number)));
  if (seconds < 60) return said(second, many, seconds);
  if (seconds < 3600) return said(minute, minutes, Math.floor(seconds / 60));
  if (seconds < 48 * 3600) return said(hour, hours, Math.floor(seconds / 3600));
  return days.replace("%d", String(Math.floor(seconds / (24 * 3600))));
}

setInterval(() => {
  for (const time of root.querySelectorAll("[data-since]")) {
    const lasts = words(Math.max(0, Math.floor((Date.now() - ahead - Date.parse(time.dataset.since)) / SECOND)));
    if (time.textContent !== lasts) time.textContent = lasts;
  }
}, SECOND);
