// The code on a card stands behind the # of its address: that part reaches no server and no log. Here it moves to the field.
const SHAPE = /^[A-Za-z0-9-]{4,40}$/;

export function start() {
  const code = location.hash.slice(1);
  if (!SHAPE.test(code)) return;
  const field = document.querySelector("input[data-from-fragment]");
  if (field.value === "") field.value = code;
  history.replaceState(null, "", location.pathname + location.search);
}
