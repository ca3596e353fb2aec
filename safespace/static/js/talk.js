// The safe talk, live: new lines are fetched and put in as text, so that nobody waits beside a page that stands still.
import { fetched, listen, oneAtATime } from "./live.js";

const list = document.querySelector("[data-talk]");
const blank = document.querySelector("[data-talk-blank]");
const status = document.querySelector("[data-talk-status]");
const last = () => Number(list.lastElementChild?.dataset.number ?? 0);
let closed = !document.querySelector("[name=words]"); // then the page says so already

function drawn(line) {
  const item = blank.content.firstElementChild.cloneNode(true);
  item.dataset.number = line.number;
  item.classList.toggle("talk-line--own", line.own);
  for (const name of ["by", "when", "words"]) item.querySelector(`[data-slot="${name}"]`).textContent = line[name];
  return item;
}

const refresh = oneAtATime(async () => {
  const news = await fetched(`${list.dataset.from}?na=${last()}`);
  if (!news) return;
  const fresh = news.lines.filter((line) => line.number > last());
  list.append(...fresh.map(drawn));
  if (fresh.length) {
    document.querySelector("[data-talk-empty]")?.remove();
    if (fresh.some((line) => !line.own)) status.textContent = status.dataset.new;
    list.lastElementChild.scrollIntoView({ block: "nearest" });
  }
  if (!news.open && !closed) {
    closed = true;
    status.classList.remove("sr");
    status.textContent = status.dataset.closed;
  }
});

if (list) listen({ own: refresh, staff: refresh });
