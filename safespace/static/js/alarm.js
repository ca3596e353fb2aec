// Alarms on every page of staff: drawn until a human answers, with sound unless somebody switched that off here. Words of
// an author that nobody saw stand below them, quietly.
import { fetched, listen, oneAtATime } from "./live.js";

const KEPT = "alarm-sound"; // kept by the browser: "off", or nothing. It says nothing about anybody
const EVERY = 4000; // milliseconds between two sounds
const GESTURES = ["pointerup", "keydown"];
const root = document.querySelector("[data-alarms]");
const button = root?.querySelector("[data-sound]");
let context = null;
let timer = 0;
let chosen = null; // where storage is forbidden, a choice lasts as long as this page

function wanted() {
  try {
    return localStorage.getItem(KEPT) !== "off";
  } catch {
    return chosen !== "off";
  }
}

function choose(value) {
  chosen = value;
  try {
    localStorage.setItem(KEPT, value);
  } catch {
    // said above
  }
}

// Two soft tones, made here: no file, no surprise in volume.
function tone() {
  if (!context || context.state !== "running") return;
  [660, 880].forEach((height, at) => {
    const starts = context.currentTime + at * 0.35;
    const source = context.createOscillator();
    const volume = context.createGain();
    source.frequency.value = height;
    volume.gain.setValueAtTime(0, starts);
    volume.gain.linearRampToValueAtTime(0.2, starts + 0.03);
    volume.gain.linearRampToValueAtTime(0, starts + 0.3);
    source.connect(volume).connect(context.destination);
    source.start(starts);
    source.stop(starts + 0.32);
  });
}

// What is true now: switched off, on, or held back by the browser until somebody touches the page.
function state() {
  if (!wanted()) return "off";
  return context?.state === "running" ? "on" : "muted";
}

function sound() {
  const rings = state() === "on" && root.querySelector("[data-alarm-id]") !== null;
  if (!rings) {
    clearInterval(timer);
    timer = 0;
  } else if (!timer) {
    tone();
    timer = setInterval(tone, EVERY);
  }
  root.dataset.sounding = rings ? "yes" : "no";
  root.dataset.audio = state();
  button.textContent = button.dataset[state()];
}

// A browser lets a page make sound only after a person touched it, or the page before it.
function ready() {
  if (!wanted()) return null;
  if (!context) {
    context = new AudioContext();
    context.addEventListener("statechange", sound);
  }
  if (context.state !== "running") return context.resume().then(sound, sound); // waits until the browser allows it
  return sound();
}

const isHere = (one) => new URL(one.href, location.href).pathname === location.pathname;

function drawn(blank, one) {
  const band = blank.content.firstElementChild.cloneNode(true);
  const slot = (name) => band.querySelector(`[data-slot="${name}"]`);
  if ("alarmId" in band.dataset) band.dataset.alarmId = one.id;
  band.dataset.key = one.id;
  slot("text").textContent = one.text;
  slot("href").href = one.href;
  slot("href").hidden = isHere(one); // it leads to where one is already
  if (slot("answer")) slot("answer").action = one.answer;
  return renewed(band, one);
}

// What changes while it stands there: what it says, since when, and whether a colleague answered.
function renewed(band, one) {
  for (const name of ["text", "since", "label"]) {
    const slot = band.querySelector(`[data-slot="${name}"]`);
    if (slot && slot.textContent !== one[name]) slot.textContent = one[name]; // else it would be read out again
  }
  return band;
}

// What stands already is left in place, so that role=alert reads out only what is new.
function draw(list, blank, found) {
  const there = new Map([...list.children].map((band) => [band.dataset.key ?? band.dataset.alarmId, band]));
  for (const one of found) {
    const old = there.get(one.id);
    there.delete(one.id);
    if (old) renewed(old, one);
    else list.append(drawn(blank, one));
  }
  for (const gone of there.values()) gone.remove();
}

function start() {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const now = state();
    if (now !== "muted") choose(now === "on" ? "off" : "on");
    sound();
    await ready();
    sound();
    if (state() === "on") tone();
  });
  for (const gesture of GESTURES) {
    addEventListener(gesture, (event) => button.contains(event.target) || ready()); // the button says for itself
  }
  ready();
  const refresh = oneAtATime(async () => {
    const news = await fetched(root.dataset.from);
    if (!news) return;
    const elsewhere = (one) => !isHere(one);
    draw(root.querySelector("[data-alarm-list]"), root.querySelector("[data-alarm-blank]"), news.alarms); // also here
    draw(root.querySelector("[data-asked-list]"), root.querySelector("[data-asked-blank]"), news.asked.filter(elsewhere));
    draw(root.querySelector("[data-unseen-list]"), root.querySelector("[data-unseen-blank]"), news.unseen.filter(elsewhere));
    sound();
  });
  listen({ staff: refresh });
  sound();
}

if (root) start();
