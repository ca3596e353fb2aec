// The code on a card stands behind the # of its address: that part reaches no server and no log. Here it moves to the field.
const SHAPE = /^[A-Za-z0-9-]{4,40}$/;

function take({ anew }) {
  const code = location.hash.slice(1);
  // What stands on this page is a place to go to, such as the field itself.
  if (!SHAPE.test(code) || document.getElementById(code)) return;
  const field = document.querySelector("input[data-from-fragment]");
  if (anew || field.value === "") field.value = code;
  history.replaceState(null, "", location.pathname + location.search);
}

export function start() {
  take({ anew: false });
  // A card that is scanned while this page is open changes only what is behind the #, and loads nothing.
  window.addEventListener("hashchange", () => take({ anew: true }));
}
