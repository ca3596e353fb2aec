// A page with something of one's own goes as soon as its session has ended. Most pages ask something anyway, and learn it so.
import { fetched, listen, oneAtATime } from "./live.js";

const { from } = document.querySelector("[data-stays]").dataset;

if (document.querySelectorAll("[data-live]").length === 1) listen({ own: oneAtATime(() => fetched(from)) });
