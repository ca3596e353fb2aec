// A thread that stays up to date: posts of others wait behind "1 nieuw bericht" so that the page never jumps.
import { fetched, listen, oneAtATime } from "./live.js";
import { postFrom } from "./post.js";
import { showPresence } from "./presence.js";

const root = document.querySelector("[data-thread-live]");
const list = document.getElementById("posts");
const template = document.getElementById("post-template");
const pill = document.querySelector("[data-pill]");
const status = document.querySelector("[data-pill-status]");
const waiting = [];
const drawn = new Map(); // id → the fields as they were drawn
let cursor = Number(root.dataset.cursor);
let announced = 0;
let otherwise = false; // something is different here that only a new page can draw
const isLast = root.dataset.last === "1"; // what comes after an earlier page stands on a later one

const has = (id) => document.getElementById(`p-${id}`);

// Who had words on the screen that were hidden is offered support; nothing is kept or told about who that was.
function comfort(there, item) {
  const card = document.getElementById("support-card");
  if (!card || there.dataset.state !== "published" || item.dataset.state !== "hidden") return;
  if (there.classList.contains("post--own")) return;
  item.after(card.content.cloneNode(true));
}

// Draws a post anew in its place: whoever stood on one of its links stands there again, what was open stays open.
function redraw(there, item) {
  const focused = there.contains(document.activeElement) ? document.activeElement : null;
  const veil = item.querySelector("details");
  if (veil && there.querySelector("details")?.open) veil.open = true;
  there.replaceWith(item);
  if (!focused) return;
  const { action } = focused.dataset;
  const same = action ? item.querySelector(`[data-action="${action}"]`) : item.querySelector(focused.localName);
  if (!same) item.tabIndex = -1; // the link is gone: stay with the post
  (same ?? item).focus({ preventScroll: true });
}

function place(data) {
  const text = JSON.stringify(data);
  const there = has(data.id);
  if (there && drawn.get(data.id) === text) return there; // nothing of it changed
  drawn.set(data.id, text);
  const item = postFrom(template, data);
  if (there) {
    redraw(there, item);
    comfort(there, item);
    return item;
  }
  const after = [...list.children].find((other) => {
    const position = Number(other.dataset.position);
    return !position || position > Number(data.position);
  });
  list.insertBefore(item, after ?? null);
  return item;
}

// What became of an edit stands on Mijn plek; here it only waits no longer.
function editEnded(item) {
  item.classList.remove("post--editing");
  item.querySelector(".post__state")?.remove();
  drawn.delete(item.dataset.post);
}

function count() {
  if (otherwise) return;
  const number = waiting.length;
  pill.hidden = number === 0;
  if (!number) return;
  const words = number === 1 ? pill.dataset.one : pill.dataset.many.replace("%d", String(number));
  pill.querySelector("[data-pill-text]").textContent = words;
  if (Date.now() - announced > 10_000) {
    announced = Date.now();
    status.textContent = words;
  }
}

pill.addEventListener("click", (event) => {
  if (root.dataset.last !== "1") return; // the link leads to the last page
  event.preventDefault();
  const shown = waiting.splice(0).map(place);
  count();
  status.textContent = "";
  const first = shown[0];
  if (first) {
    first.tabIndex = -1;
    first.focus();
  }
});

function take(post) {
  if (post.own || has(post.id) || post.state !== "published") {
    if (has(post.id) || (post.state === "published" && isLast)) place(post);
    return;
  }
  const at = waiting.findIndex((other) => other.id === post.id);
  if (at >= 0) waiting[at] = post;
  else waiting.push(post);
  waiting.sort((one, other) => one.position - other.position);
}

// Something typed is never taken away: the link leads to the page as it is now, when somebody chooses to.
function offerReload() {
  if (!otherwise) status.textContent = pill.dataset.changed;
  otherwise = true;
  root.dataset.last = "0";
  pill.querySelector("[data-pill-text]").textContent = pill.dataset.changed;
  pill.hidden = false;
}

const group = oneAtATime(async () => {
  for (;;) {
    const news = await fetched(`${root.dataset.changes}?after=${cursor}&thread=${root.dataset.threadLive}`);
    if (!news) return;
    showPresence(news.standing);
    if (news.reload) offerReload(); // and goes on: what is hidden leaves the screen all the same
    cursor = Math.max(cursor, news.cursor);
    for (const post of news.posts) {
      const at = waiting.findIndex((other) => other.id === post.id);
      if (at >= 0 && post.state !== "published") waiting.splice(at, 1);
      else take(post);
    }
    count();
    if (!news.more) return;
  }
});

const own = oneAtATime(async () => {
  if (!root.dataset.own) return;
  const mine = await fetched(root.dataset.own);
  if (!mine) return;
  const still = new Set(mine.posts.map((post) => post.id));
  for (const item of list.querySelectorAll(".post--own")) {
    if (still.has(item.dataset.post)) continue;
    if (!item.dataset.position) item.remove();
    else if (item.classList.contains("post--editing")) editEnded(item);
  }
  for (const post of mine.posts) if (has(post.id) || (!post.position && isLast)) place(post); // it can be on another page
  document.querySelector("[data-help-card]")?.toggleAttribute("hidden", !mine.help);
  showPresence(null);
});

listen({ group, own });
