// A group page that says when there is something new; the list itself never moves under somebody's finger.
import { fetched, listen, oneAtATime } from "./live.js";
import { showPresence } from "./presence.js";

const root = document.querySelector("[data-group-live]");
const pill = root.querySelector("[data-pill]");
const status = root.querySelector("[data-pill-status]");
let cursor = Number(root.dataset.cursor);
let count = 0;

const group = oneAtATime(async () => {
  for (;;) {
    const news = await fetched(`${root.dataset.changes}?after=${cursor}`);
    if (!news) return;
    cursor = Math.max(cursor, news.cursor);
    showPresence(news.standing);
    if (news.reload) {
      pill.querySelector("[data-pill-text]").textContent = pill.dataset.changed;
      pill.hidden = false;
      status.textContent = pill.dataset.changed;
      return;
    }
    if (news.count) {
      count += news.count;
      const words = count === 1 ? pill.dataset.one : pill.dataset.many.replace("%d", String(count));
      pill.querySelector("[data-pill-text]").textContent = words;
      pill.hidden = false;
      status.textContent = words;
    }
    if (!news.more) return;
  }
});

listen({ group });
