// Keeps the queue up to date without moving the page: rows are drawn in place, focus stays, what is new is told.
import "./held.js";
import { fetched, listen, oneAtATime, untouched } from "./live.js";
import "./keys.js";
import "./claim.js";

const MINUTE = 60_000;
const root = document.querySelector("[data-queue]");
const blank = document.getElementById("queue-row");
const bell = document.getElementById("queue-alarm");
const status = document.querySelector("[data-queue-status]");
const here = root.dataset.item ?? "";
const limit = Number(root.dataset.limit ?? 0);
const drawn = new Map(); // id → the row as it was drawn
let newest = "";
let rung = new Set(); // urgent rows that were on the screen before
let first = true;
const chosen = new Set(); // what is ticked to be approved together

const items = () => [...root.querySelectorAll("[data-review]")];

function rowFrom(row) {
  const item = blank.content.firstElementChild.cloneNode(true);
  const slot = (name) => item.querySelector(`[data-slot="${name}"]`);
  item.dataset.review = row.id;
  item.classList.add(`queue-row--${row.level}`);
  for (const level of slot("levels").children) if (level.dataset.level === row.level) level.replaceWith(...level.children);
  for (const level of slot("levels").querySelectorAll("[data-level]")) level.remove();
  slot("age").textContent = row.age;
  for (const kind of slot("lefts").children) if (kind.dataset.left === row.left_kind) {
    kind.firstElementChild.append(row.left);
    kind.replaceWith(...kind.children);
  }
  for (const kind of slot("lefts").querySelectorAll("[data-left]")) kind.remove();
  slot("excerpt").classList.toggle("queue-row__text--folded", row.folded);
  for (const name of ["alias", "group", "excerpt"]) slot(name).textContent = row[name];
  const link = item.querySelector("a");
  link.href = row.href;
  if (row.id === here) {
    item.classList.add("queue-row--here");
    link.setAttribute("aria-current", "true");
  }
  if (row.blocked) slot("blocked").textContent = row.blocked;
  else slot("stuck").remove();
  if (!row.first) slot("first").remove();
  for (const text of row.tags) {
    const tag = document.createElement("span");
    tag.className = "tag";
    tag.textContent = text;
    slot("tags").append(tag);
  }
  if (row.claimed_by) {
    slot("claimed_by").textContent = row.claimed_by;
    slot("tags").append(slot("claim"));
  } else slot("claim").remove();
  if (!slot("tags").childElementCount) slot("tags").remove();
  if (row.chosen) {
    slot("choose").textContent = row.choose;
    const box = slot("choice").querySelector("input");
    box.value = row.chosen;
    box.checked = chosen.has(row.chosen);
  } else slot("choice").remove();
  return item;
}

function drawLane(lane, rows) {
  const list = lane.querySelector("ol");
  lane.hidden = rows.length === 0;
  const there = new Map(items().map((item) => [item.dataset.review, item]));
  const wanted = rows.map((row) => {
    const text = JSON.stringify(row);
    const old = there.get(row.id);
    if (old && drawn.get(row.id) === text) return old;
    drawn.set(row.id, text);
    const made = rowFrom(row);
    old?.replaceWith(made);
    return made;
  });
  wanted.forEach((item, at) => {
    if (list.children[at] !== item) list.insertBefore(item, list.children[at] ?? null);
  });
}

function draw(rows) {
  const focused = document.activeElement?.closest?.("[data-review]")?.dataset.review;
  for (const lane of root.querySelectorAll("[data-lane]")) {
    drawLane(lane, rows.filter((row) => row.lane === lane.dataset.lane));
  }
  const kept = new Set(rows.map((row) => row.id));
  for (const item of items()) {
    if (kept.has(item.dataset.review)) continue;
    drawn.delete(item.dataset.review);
    item.remove();
  }
  const link = focused && root.querySelector(`[data-review="${focused}"] a`);
  if (link && document.activeElement !== link) link.focus({ preventScroll: true });
}

// An alarm that was not there is put in anew, so that role=alert reads it out; one that stays is left in peace.
function ring(alarm, rows) {
  const place = root.querySelector("[data-alarm]");
  const urgent = new Set(rows.filter((row) => row.urgent && row.id !== here).map((row) => row.id));
  const fresh = [...urgent].some((id) => !rung.has(id));
  rung = urgent;
  if (!alarm) {
    place.replaceChildren();
    return;
  }
  let band = place.firstElementChild;
  if (!band || (fresh && !first)) {
    band = bell.content.firstElementChild.cloneNode(true);
    place.replaceChildren();
  }
  band.querySelector("p").textContent = alarm.text;
  const link = band.querySelector("a");
  link.href = alarm.href;
  link.textContent = alarm.link;
  if (!band.isConnected) place.append(band);
}

function tell(rows) {
  const fresh = rows.filter((row) => row.opened > newest).length;
  newest = rows.reduce((latest, row) => (row.opened > latest ? row.opened : latest), newest);
  if (first || !fresh) return;
  status.textContent = fresh === 1 ? root.dataset.one : root.dataset.many.replace("%d", String(fresh));
}

function count(news) {
  const heading = root.querySelector("[data-queue-heading]");
  if (!heading) return;
  heading.textContent = news.heading;
  document.title = news.title;
  const counts = new Map(news.counts.map(({ level, count: number }) => [level, number]));
  for (const line of root.querySelectorAll("[data-count]")) {
    line.hidden = !counts.get(line.dataset.count);
    line.querySelector("b").textContent = String(counts.get(line.dataset.count) ?? 0);
  }
  root.querySelector("[data-queue-empty]").hidden = news.rows.length > 0;
  root.querySelector("[data-outside-band]").hidden = !news.outside;
  root.querySelector("[data-outside]").textContent = news.outside;
  root.querySelector("[data-asks]").hidden = !news.asks;
  root.querySelector("[data-asks-text]").textContent = news.asks;
}

// What is too late stands together at the top, the longest first.
function showLate(late) {
  const band = root.querySelector("[data-late]");
  if (!band) return;
  band.hidden = !late;
  if (!late) return;
  band.querySelector("[data-late-text]").textContent = late.text;
  band.querySelector("[data-late-more]").hidden = !late.more;
  const list = band.querySelector("[data-late-rows]");
  const lines = late.rows.map((row) => `${row.href} ${row.alias} ${row.group} ${row.left}`).join("|");
  if (list.dataset.lines === lines) return; // a link that has the focus keeps it
  list.dataset.lines = lines;
  list.replaceChildren(...late.rows.map((row) => {
    const line = document.getElementById("late-row").content.firstElementChild.cloneNode(true);
    const link = line.querySelector("a");
    link.href = row.href;
    link.textContent = row.alias;
    line.querySelector("span").textContent = `${row.group} · ${row.left}`;
    return line;
  }));
}

// Ticked boxes are remembered, since a row is drawn anew when anything on it changes.
const together = root.querySelector("[data-together]");
function countChosen() {
  const boxes = [...root.querySelectorAll('input[form="together"]')];
  chosen.clear();
  for (const box of boxes) if (box.checked) chosen.add(box.value);
  together.hidden = chosen.size === 0;
  const line = together.querySelector("[data-together-count]");
  line.textContent = chosen.size === 1 ? line.dataset.one : line.dataset.many.replace("%d", String(chosen.size));
}
if (together) root.addEventListener("change", countChosen);

const refresh = oneAtATime(async () => {
  const news = await fetched(root.dataset.rows);
  if (!news) return;
  await untouched();
  const rows = limit ? news.rows.slice(0, limit) : news.rows;
  draw(rows);
  ring(news.alarm, news.rows);
  tell(news.rows);
  count(news);
  showLate(news.late);
  if (together) countChosen();
  first = false;
  document.dispatchEvent(new CustomEvent("queue", { detail: news }));
});

// Waiting times grow by themselves; no request is made for them.
function words(minutes) {
  const { minute, minutes: many, hours, days } = root.dataset;
  if (minutes < 1) return root.dataset.now;
  if (minutes === 1) return minute;
  if (minutes < 60) return many.replace("%d", String(minutes));
  if (minutes < 48 * 60) return hours.replace("%d", String(Math.floor(minutes / 60)));
  return days.replace("%d", String(Math.floor(minutes / (24 * 60))));
}

setInterval(() => {
  for (const item of items()) {
    const row = drawn.has(item.dataset.review) && JSON.parse(drawn.get(item.dataset.review));
    const age = item.querySelector('[data-slot="age"]');
    if (row && age) age.textContent = words(Math.floor((Date.now() - Date.parse(row.opened)) / MINUTE));
  }
}, MINUTE);

listen({ staff: refresh });
