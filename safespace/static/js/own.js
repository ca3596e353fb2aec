// The page of an own post is drawn again when a human or the clock did something with it.
import { fetched, listen, oneAtATime, renew } from "./live.js";

const { standing, from } = document.querySelector("[data-own-live]").dataset;

listen({
  own: oneAtATime(async () => {
    const now = await fetched(from);
    if (now && now.standing !== standing) renew();
  }),
});
