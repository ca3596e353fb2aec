// The author's own place is drawn again when the team wrote something, or told something.
import { fetched, listen, oneAtATime, renew } from "./live.js";

const { standing, from } = document.querySelector("[data-own-news]").dataset;

listen({
  own: oneAtATime(async () => {
    const now = await fetched(from);
    if (now && now.standing !== standing) renew();
  }),
});
