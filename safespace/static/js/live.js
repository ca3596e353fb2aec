// Listens for doorbells. They say that something is new, never what: whoever is rung fetches over HTTP.
import { io } from "../vendor/socket.io.esm.min.js";

const POLL = 10_000;
const BACK = 1000;
const SILENT = 25_000;
const OVERDUE = 15_000; // an answer that never comes would keep its page from asking again
const REFUSED = 30_000; // an account has so many sockets at once: another page of it may have closed by then

const listening = []; // the handlers of every script on this page: they share one socket
let socket = null;
let asked = 0;

function all() {
  asked = Date.now();
  for (const handlers of listening) Object.values(handlers).forEach((handle) => handle(null, null));
}

function connect() {
  const line = document.querySelector("[data-connection]");
  const token = document.querySelector("[data-live]")?.dataset.live ?? "";

  socket = io({ transports: ["websocket"], auth: { csrf: token }, reconnectionDelayMax: 8000 });
  socket.onAny((name, { group, cursor } = {}) => {
    asked = Date.now();
    for (const handlers of listening) handlers[name]?.(group, cursor);
  });
  socket.on("connect", () => {
    if (line) line.textContent = line.dataset.on ?? "";
    all(); // what rang before this socket was there was not heard
  });
  socket.on("connect_error", () => {
    if (!socket.active) setTimeout(() => socket.connect(), REFUSED);
  });
  socket.on("disconnect", (reason) => {
    if (line) line.textContent = line.dataset.off ?? "";
    all();
    // Cut because somebody's access changed: whoever may still listen comes back, to what is left.
    if (reason === "io server disconnect") setTimeout(() => socket.connect(), BACK);
  });
  setInterval(() => {
    const enough = socket.connected && (document.hidden || Date.now() - asked < SILENT);
    if (!enough) all();
  }, POLL);
  document.addEventListener("visibilitychange", () => document.hidden || all());
  addEventListener("pagehide", () => socket.close());
}

/**
 * Calls back at once, on every doorbell and connection, when the page is shown again, every ten seconds while there is
 * no socket, and every half minute while one is silent: bells can get lost, what they ring for cannot.
 * `handlers` has `group`, `staff` and `own`, each called with (group id or null, cursor or null).
 */
export function listen(handlers) {
  listening.push(handlers);
  if (!socket) connect();
  asked = Date.now();
  Object.values(handlers).forEach((handle) => handle(null, null));
  return socket;
}

let acted = false; // since the last time that something was fetched
for (const sign of ["keydown", "pointerdown"]) {
  addEventListener(sign, () => { acted = true; }, { capture: true, passive: true });
}

const PATIENCE = 10_000; // milliseconds
let press = Promise.resolve();
addEventListener("pointerdown", () => {
  press = new Promise((up) => {
    for (const sign of ["pointerup", "pointercancel"]) {
      addEventListener(sign, () => { setTimeout(up); }, { capture: true, once: true });
    }
    setTimeout(up, PATIENCE); // a button that is let go outside the window tells nothing
  });
}, { capture: true, passive: true });

/** Waits while somebody presses: a click on what is drawn anew between down and up would be lost. */
export const untouched = () => press;

let left = -Infinity; // when a form was sent or a link taken: drawing the page again would cancel that
addEventListener("submit", () => { left = Date.now(); });
addEventListener("click", (event) => { if (event.target.closest?.("a[href]")) left = Date.now(); });

// What was typed where no draft is kept. Sending it is safe: whoever is not signed in any more gets the words back.
const typedHere = () =>
  [...document.querySelectorAll("form:not([data-draft]) :is(textarea, input)")].some(
    (field) => !field.matches("[type=hidden], [type=password], [type=checkbox], [type=radio]") && field.value !== field.defaultValue,
  );

/** Draws the page again, unless somebody is just leaving it or would lose words: then only when that came to nothing. */
export function renew() {
  const wait = left + PATIENCE - Date.now();
  if (wait > 0) setTimeout(renew, wait);
  else if (!typedHere()) location.reload();
}

/**
 * Fetches JSON from an own address; null when it did not work. A session that ended leads to the sign-in page.
 * A page that asks by itself keeps nobody signed in; somebody who is typing or tapping on it stays.
 */
export async function fetched(address) {
  const headers = { Accept: "application/json", ...(acted && { "X-Acted": "1" }) };
  acted = false;
  try {
    const answer = await fetch(address, { headers, credentials: "same-origin", signal: AbortSignal.timeout(OVERDUE) });
    if (answer.status === 401 || answer.status === 404) {
      renew();
      return null;
    }
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

/** Runs an asynchronous task one at a time; a call during a run causes exactly one more run. */
export function oneAtATime(task) {
  let running = false;
  let again = false;
  return async function run() {
    if (running) {
      again = true;
      return;
    }
    running = true;
    try {
      await task();
    } finally {
      running = false;
      if (again) {
        again = false;
        run();
      }
    }
  };
}
