// The page of one worry says so when a colleague did something; nothing that is being typed goes away. What the author
// wrote counts as seen once somebody looks at this page, so that it leaves the screens of colleagues.
import { fetched, listen, oneAtATime } from "./live.js";

const root = document.querySelector("[data-care]");
const talk = document.querySelector("[data-talk]");
const SIGNS = ["keydown", "pointerdown", "pointermove", "wheel"]; // of a human: a page that stands open alone sees nothing
let told = Number(root.dataset.told);

const look = oneAtATime(async () => {
  const upto = Number(talk.lastElementChild?.dataset.number ?? 0);
  if (document.hidden || upto <= told) return;
  const form = new URLSearchParams({ csrf_token: root.dataset.live, tot: String(upto) });
  try {
    const answer = await fetch(root.dataset.seen, {
      method: "POST",
      body: form,
      redirect: "manual",
      credentials: "same-origin",
    });
    if (answer.ok || answer.type === "opaqueredirect") told = upto;
  } catch {
    // No connection: the next sign of somebody tries again.
  }
});

for (const sign of SIGNS) addEventListener(sign, look, { capture: true, passive: true });
document.addEventListener("visibilitychange", look);
look();

listen({
  staff: oneAtATime(async () => {
    const now = await fetched(root.dataset.from);
    if (now && now.standing !== root.dataset.standing) root.querySelector("[data-changed]").hidden = false;
  }),
});
