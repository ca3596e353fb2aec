// Fills a clone of <template id="post-template"> (macros/post.html). Text goes in as text only: Trusted Types are on.

function paragraphs(list) {
  return list.map((runs) => {
    const paragraph = document.createElement("p");
    for (const { t, a } of runs) {
      if (!a) {
        paragraph.append(t);
        continue;
      }
      const link = document.createElement("a");
      link.href = a;
      link.rel = "noreferrer";
      link.textContent = t;
      paragraph.append(link);
    }
    return paragraph;
  });
}

/** The <li> of one post. `data` has the fields of post(p) in docs/front-end.md. */
export function postFrom(template, data) {
  const item = template.content.firstElementChild.cloneNode(true);
  const slot = (name) => item.querySelector(`[data-slot="${name}"]`);
  const write = (name, text, holder = name) => {
    if (text) slot(name).textContent = text;
    else slot(holder).remove();
  };
  const gone = ["withdrawn", "hidden"].includes(data.state) && !data.own;
  const notes = data.notes ?? [];
  const links = data.links ?? {};

  item.id = `p-${data.id}`;
  Object.assign(item.dataset, { post: data.id, position: data.position, state: data.state });
  item.classList.toggle("post--own", Boolean(data.own));
  item.classList.toggle("post--staff", Boolean(data.badge));
  item.classList.toggle("post--editing", Boolean(data.editing));
  if (data.state !== "published") item.classList.add(`post--${data.state}`);
  item.firstElementChild.setAttribute("aria-label", `${template.dataset.label} ${data.alias}`);

  slot("alias").textContent = data.alias;
  if (!data.own) slot("you").remove();
  write("badge-text", data.badge, "badge");
  write("type", data.type_label);
  write("when", data.when);

  const stands = data.state_title ? "said" : data.state;
  for (const line of item.querySelectorAll("[data-for-state]")) if (line.dataset.forState !== stands) line.remove();
  if (data.state_title) {
    slot("state-title").textContent = data.state_title;
    slot("state-text").textContent = data.state_text;
  }

  const body = slot("body");
  if (gone) body.remove();
  else body.append(...paragraphs(data.paragraphs ?? []));
  if (notes.length && !gone) {
    slot("notes").textContent = notes.join(", ");
    slot("veil").querySelector("summary").after(body);
  } else {
    slot("veil").remove();
  }

  for (const action of item.querySelectorAll("[data-action]")) {
    const address = links[action.dataset.action];
    if (address) action.href = address;
    else action.remove();
  }
  if (gone || !slot("actions").childElementCount) slot("actions").remove();
  return item;
}
