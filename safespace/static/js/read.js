// Says which versions of somebody's words are read on this page: at once, or, where they are folded, when they are opened.
function tell(place) {
  const data = new URLSearchParams({ csrf_token: place.dataset.token });
  for (const version of place.dataset.versions.split(" ")) data.append("versie", version);
  fetch(place.dataset.read, { method: "POST", body: data, credentials: "same-origin" }).catch(() => {});
}

for (const place of document.querySelectorAll("[data-read]")) {
  const fold = place.closest("details");
  if (fold && !fold.open) {
    fold.addEventListener("toggle", () => tell(place), { once: true });
  } else {
    tell(place);
  }
}
