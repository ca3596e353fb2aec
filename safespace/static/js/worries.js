// The list of worries is drawn again when one comes, goes or changes. Where somebody is at something on it, it says so
// instead, so that neither words nor the place on the page are lost.
import { fetched, listen, oneAtATime, renew } from "./live.js";

const root = document.querySelector("[data-worries]");

listen({
  staff: oneAtATime(async () => {
    const now = await fetched(root.dataset.from);
    if (!now || now.standing === root.dataset.standing) return;
    const busy = root.contains(document.activeElement) || root.querySelector("details[open]");
    if (busy) root.querySelector("[data-changed]").hidden = false;
    else renew();
  }),
});
