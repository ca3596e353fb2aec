// The page of one worry says so when a colleague did something; nothing that is being typed goes away.
import { fetched, listen, oneAtATime } from "./live.js";

const root = document.querySelector("[data-care]");

listen({
  staff: oneAtATime(async () => {
    const now = await fetched(root.dataset.from);
    if (now && now.standing !== root.dataset.standing) root.querySelector("[data-changed]").hidden = false;
  }),
});
