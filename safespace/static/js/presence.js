// Whether somebody reads along, and the goodbye after a live hour, as they are now; on any page of a group.
const line = document.querySelector("[data-presence]");
const goodbye = document.querySelector("[data-goodbye]");
let last = null;

export function showPresence(standing) {
  last = standing ?? last;
  if (!last) return;
  if (goodbye) goodbye.hidden = !last.ended; // also where nobody can write, so that no line says who reads along
  if (!line) return;
  // Beside a help card nothing is said about when a text is usually read.
  const words = document.querySelector("[data-help-card]:not([hidden])") ? last.in_need : last.line;
  // Only a change is written, or a screen reader would read the same line again and again.
  if (line.textContent.trim() !== words.trim()) line.textContent = words;
  line.classList.toggle("presence--live", last.live);
}
