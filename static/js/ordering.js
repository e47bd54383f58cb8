// The order of a group as the server tells it: rows and tiles move to their places, and the focus stays where it was.
const OPPOSITE = { u: "d", t: "b", d: "u", b: "t" };

const rowsOf = (list) => [...list.querySelectorAll(":scope > [data-a]")];

// Of a large group the first rows are here; what moves beyond them comes with the rest.
function arrange(list, numbers) {
  const known = new Map(rowsOf(list).map((row) => [Number(row.dataset.a), row]));
  const wanted = [];
  for (const number of numbers) {
    if (!known.has(number)) break;
    wanted.push(known.get(number));
    known.delete(number);
  }
  for (const row of known.values()) row.remove();
  const end = list.querySelector(":scope > :not([data-a])"); // the button for more of them
  let next = list.firstElementChild;
  for (const row of wanted) {
    if (next !== row && next?.nextElementSibling === row) { // what stands here went away: one move, not one of each other row
      list.insertBefore(next, end);
      next = row;
    }
    if (next === row) next = row.nextElementSibling;
    else list.insertBefore(row, next);
  }
  number(list);
}

function number(list) {
  const rows = rowsOf(list);
  const total = Number(list.dataset.total ?? rows.length);
  for (const [at, row] of rows.entries()) {
    for (const move of row.querySelectorAll(".move")) {
      move.disabled = "ut".includes(move.id[0]) ? at === 0 : at === total - 1;
    }
    const place = row.querySelector(".move-to");
    if (place) place.value = place.defaultValue = at + 1;
  }
}

function focus(id) {
  const element = id && document.getElementById(id);
  if (!element) return;
  const wanted = element.disabled ? document.getElementById(OPPOSITE[id[0]] + id.slice(1)) : element;
  wanted?.focus({ preventScroll: true });
  wanted?.closest("[data-a]")?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("ordered", ({ detail }) => {
  const focused = document.activeElement?.closest("[data-list]") ? document.activeElement.id : "";
  for (const [id, numbers] of Object.entries(detail.groups)) {
    const list = document.getElementById(`l-${id}`);
    if (list) arrange(list, numbers);
  }
  focus(focused);
});
