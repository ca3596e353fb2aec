// Snel weg. On every page, loaded first. Promise: within one frame nothing of this page is left on the screen, the
// session ends on the server, and neither Back nor a page restored from memory shows the forum again.
const PRESSES = 3;
const PATIENCE = 5000; // milliseconds allowed between two presses of Shift

const root = document.documentElement;
const door = () => document.querySelector("[data-exit]");
const tabs = "BroadcastChannel" in globalThis ? new BroadcastChannel("leave") : null;

// Taking the page's elements away, not only covering them, also empties what the browser would keep for Back.
function cover(word) {
  root.dataset.left = "";
  document.title = word;
  const sheet = document.createElement("div");
  sheet.className = "cover";
  sheet.setAttribute("role", "alert");
  sheet.textContent = word;
  document.body.replaceChildren(sheet);
}

function leave({ tell = true } = {}) {
  const link = door();
  if (!link || "left" in root.dataset) return;
  const { to, cover: word = "" } = link.dataset;
  const address = link.href;
  cover(word);
  try {
    sessionStorage.clear();
  } catch {
    // Storage can be forbidden; then there is nothing in it either.
  }
  const sent = navigator.sendBeacon?.(address);
  if (!sent) fetch(address, { method: "POST", keepalive: true, credentials: "same-origin" }).catch(() => {});
  if (tell) tabs?.postMessage("leave");
  location.replace(to || address);
}

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-exit]")) return;
  event.preventDefault();
  leave();
});

// Other tabs of this site go too.
tabs?.addEventListener("message", () => leave({ tell: false }));

let presses = 0;
let last = 0;
let combined = false;

function say(text) {
  const line = document.querySelector("[data-exit-status]");
  if (line) line.textContent = text;
}

function forget() {
  presses = 0;
  say("");
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Shift") {
    if (!event.repeat) combined = false;
    return;
  }
  combined = true; // Shift+A is typing, not leaving
  if (presses) forget();
});

let timer;
document.addEventListener("keyup", (event) => {
  if (event.key !== "Shift" || combined) return;
  presses = event.timeStamp - last > PATIENCE ? 1 : presses + 1;
  last = event.timeStamp;
  clearTimeout(timer);
  timer = setTimeout(forget, PATIENCE);
  if (presses >= PRESSES) leave();
  else say(presses === 1 ? door()?.dataset.two : door()?.dataset.one);
});

// A page that is put aside shows nothing when it is taken out again, and asks the server anew.
addEventListener("pagehide", () => {
  root.dataset.away = "";
});
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
  else delete root.dataset.away;
});
