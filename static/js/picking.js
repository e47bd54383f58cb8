// Several assets at once: picked one by one, from here to there with Shift, by group, or all that the filter shows, loaded or
// not. Assets are known by their numbers, so that what is picked does not depend on what is on the page.
const picked = new Set();
let on = false;
let last = null;

const byId = (id) => document.getElementById(id);
const numberOf = (box) => Number(box.closest("[data-a]").dataset.a);
const boxes = () => [...document.querySelectorAll("[data-a] > .pick, [data-a] > td > .pick")];

// The boxes are only there while somebody picks: a page of a thousand assets need not carry them.
function made(id, label, place, numbers) {
  const box = Object.assign(document.createElement("input"), { id, type: "checkbox", className: "pick" });
  box.setAttribute("aria-label", label);
  if (numbers !== undefined) box.dataset.numbers = numbers;
  if (numbers === undefined) place.append(box);
  else place.prepend(box);
}

function makeBoxes() {
  for (const head of document.querySelectorAll(".group-head:not(:has(.pick))")) {
    made(`gc${head.id.slice(2)}`, textOf("selectGroup", { key: head.querySelector("h3").textContent }), head.querySelector(".key"), head.dataset.numbers);
  }
  for (const one of document.querySelectorAll("[data-list] > [data-a]:not(:has(.pick))")) {
    made(`c${one.id.slice(1)}`, textOf("select", { name: nameIn(one.querySelector("[data-do$=clude]")) }), one.querySelector(".out-cell") ?? one);
  }
}

// The asset's name in the label of the button that excludes or includes it.
function nameIn(button) {
  const label = button.getAttribute("aria-label");
  const [before, after] = textOf(button.dataset.do).split("{name}");
  return label.slice(before.length, label.length - after.length);
}

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
  for (const id of ["groups", "tools"]) byId(id).classList.toggle("picking", on);
  byId("bulk").hidden = !on;
  if (!on) return;
  makeBoxes();
  const there = shown();
  const left = picked.size === there.length && there.every((at) => picked.has(at)) && byId("group-list").dataset.left;
  const n = picked.size;
  byId("bulk-count").textContent = n ? (left ? fillIn(left, { n }) : textOf("selected", { n })) : textOf("noneSelected");
  byId("bulk-all").textContent = textOf("selectAll", { n: there.length });
  for (const button of document.querySelectorAll("[data-bulk]")) button.setAttribute("aria-disabled", String(!picked.size));
  for (const box of boxes()) box.checked = picked.has(numberOf(box));
  for (const box of document.querySelectorAll(".key .pick")) {
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

function pickAll(button) {
  on = true;
  set(numbersIn(button.dataset.pickAll), true);
}

const ACTIONS = {
  "select-mode": () => { on = true; },
  "bulk-done": () => { on = false; picked.clear(); },
  "bulk-all": () => set(shown(), true),
  "bulk-none": () => picked.clear(),
  "bulk-exclude": act,
  "bulk-include": act,
  "bulk-suggest": act,
};

document.addEventListener("click", (event) => {
  const target = event.target.closest?.("button, .pick");
  if (!target) return;
  if (target.matches(".pick")) toggle(target, event.shiftKey);
  else if (target.matches("[data-pick-all]")) pickAll(target);
  else if (ACTIONS[target.id]) ACTIONS[target.id](target);
  else return;
  draw();
  if (on && target.id !== "bulk-exclude" && target.id !== "bulk-include") say();
  if (target.id === "bulk-done") byId("select-mode").focus();
  if (target.id === "select-mode") byId("bulk-all").focus(); // what was pressed is out of sight now
});

document.addEventListener("swapped", () => { if (on) draw(); });
