// Several assets at once: picked one by one, from here to there with Shift, by group, or all that the filter shows, loaded or
// not. Assets are known by their numbers, so that what is picked does not depend on what is on the page.
const picked = new Set();
let on = false;
let last = null;

const byId = (id) => document.getElementById(id);
const numberOf = (box) => Number(box.closest("[data-a]").dataset.a);
const boxes = () => [...document.querySelectorAll("[data-a] > .pick, [data-a] > td > .pick")];

function numbersIn(text) {
  const found = [];
  for (const part of text ? text.split(",") : []) {
    const [first, end = first] = part.split("-").map(Number);
    for (let at = first; at <= end; at += 1) found.push(at);
  }
  return found;
}

function rangesOf(numbers) {
  const runs = [];
  for (const at of [...numbers].sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run && at === run[1] + 1) run[1] = at;
    else runs.push([at, at]);
  }
  return runs.map(([first, end]) => (first === end ? `${first}` : `${first}-${end}`)).join(",");
}

const shown = () => numbersIn(byId("group-list").dataset.numbers);

function draw() {
  if (!byId("groups")) return;
  byId("groups").classList.toggle("picking", on);
  byId("bulk").hidden = !on;
  byId("select-mode").setAttribute("aria-pressed", on);
  if (!on) return;
  const count = picked.size.toLocaleString();
  byId("bulk-count").textContent = picked.size ? `${count} selected` : "Nothing selected";
  byId("bulk-all").textContent = `Select all ${shown().length.toLocaleString()}`;
  for (const box of boxes()) box.checked = picked.has(numberOf(box));
  for (const box of document.querySelectorAll(".group-head > .pick")) {
    const all = numbersIn(box.dataset.numbers);
    const some = all.filter((at) => picked.has(at)).length;
    box.checked = all.length > 0 && some === all.length;
    box.indeterminate = some > 0 && !box.checked;
  }
}

function say() {
  document.dispatchEvent(new CustomEvent("announce", { detail: byId("bulk-count").textContent }));
}

function set(numbers, chosen) {
  for (const at of numbers) {
    if (chosen) picked.add(at);
    else picked.delete(at);
  }
}

function toggle(box, through) {
  if (box.dataset.numbers !== undefined) return set(numbersIn(box.dataset.numbers), box.checked);
  const all = boxes();
  const [from, to] = [all.indexOf(through ? byId(last) ?? box : box), all.indexOf(box)].sort((a, b) => a - b);
  set(all.slice(from, to + 1).map(numberOf), box.checked);
  last = box.id;
}

function act(button) {
  if (!picked.size) return say();
  const fields = { do: button.dataset.bulk, a: rangesOf(picked) };
  document.dispatchEvent(new CustomEvent("arrange", { detail: { element: button, fields } }));
  picked.clear();
}

const ACTIONS = {
  "select-mode": () => { on = !on; },
  "bulk-done": () => { on = false; picked.clear(); },
  "bulk-all": () => set(shown(), true),
  "bulk-none": () => picked.clear(),
  "bulk-exclude": act,
  "bulk-include": act,
  "bulk-suggest": act,
};

document.addEventListener("click", (event) => {
  const { target } = event;
  if (target.matches?.(".pick")) toggle(target, event.shiftKey);
  else if (ACTIONS[target.id]) ACTIONS[target.id](target);
  else return;
  draw();
  if (on && target.id !== "bulk-exclude" && target.id !== "bulk-include") say();
  if (target.id === "bulk-done") byId("select-mode").focus();
});

for (const name of ["htmx:afterSwap", "htmx:oobAfterSwap"]) {
  document.addEventListener(name, () => { if (on) draw(); });
}
