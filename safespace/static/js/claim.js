// Says that this item is being read, once a minute while its page is looked at; colleagues see it. Leaving says so too.
const BEAT = 60_000;
const root = document.querySelector("[data-queue]");
const bar = document.querySelector("[data-claim]");
const fold = document.querySelector("details[data-fold]");
const token = root.dataset.live;
let mine = false;
let asked = false; // to be at it: the answer may still be under way when somebody leaves
let gone = false;

function form(more = {}) {
  const data = new FormData();
  data.set("csrf_token", token);
  for (const [name, value] of Object.entries(more)) data.set(name, value);
  return new URLSearchParams(data);
}

function show(holder) {
  if (mine && holder.name) bar.dataset.lost = "";
  mine = holder.mine;
  bar.hidden = !holder.name;
  bar.querySelector("[data-claim-text]").textContent = holder.text;
}

async function beat() {
  if (document.hidden || gone) return;
  asked = true;
  const read = !fold || fold.open;
  try {
    const answer = await fetch(bar.dataset.beat, {
      method: "POST",
      body: form(read ? { gelezen: "1" } : {}),
      headers: { Accept: "application/json" },
      credentials: "same-origin",
    });
    if (answer.ok && answer.headers.get("Content-Type")?.includes("json")) show(await answer.json());
  } catch {
    // No connection: the lease ends by itself.
  }
}

function start() {
  document.addEventListener("queue", ({ detail }) => {
    if (detail.item) show(detail.item.holder);
  });
  document.addEventListener("visibilitychange", beat);
  fold?.addEventListener("toggle", () => fold.open && beat());
  addEventListener("pagehide", () => {
    gone = true;
    if (asked) navigator.sendBeacon(bar.dataset.leave, form()); // what a colleague holds stays theirs
  });
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    gone = false;
    beat();
  });
  setInterval(beat, BEAT);
  beat();
}

if (bar) start();
