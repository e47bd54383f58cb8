// The menu of a group, and what a store says about its key: one popover each for all rows, filled when it is opened.
const byId = (id) => document.getElementById(id);
const POPS = "[popovertarget=group-menu], [popovertarget=answer-pop]";

// Of the store with the longest list, how many products were loaded: as many are there again.
const loaded = (pop) => Math.max(0, ...[...pop.querySelectorAll(".products")].map((one) => one.querySelectorAll("[data-matching]").length));

function fill(pop, values) {
  pop.dataset.g = values.g;
  pop.dataset.s = values.s ?? "";
  return htmx.ajax("GET", pop.dataset.url, { source: pop, target: pop, swap: "innerHTML", values }).then(() => mark(pop));
}

// What was found in a store and is linked to already says so in place of its button.
function mark(pop) {
  for (const place of pop.querySelectorAll(".pop-answer")) {
    const [gets, mayGo, out] = ["gets", "mayGo", "out"].map((name) => new Set(place.dataset[name].split(" ")));
    for (const one of place.querySelectorAll("[data-found]")) {
      const id = one.dataset.found.split("/").at(-1);
      one.classList.toggle("is-linked", gets.has(id));
      one.classList.toggle("may-go", mayGo.has(id));
      one.classList.toggle("is-out", out.has(id));
    }
  }
}

// Where one looks for a product, or what it is about where a choice comes before that: no press of a key too many decides.
function begin(pop) {
  const first = pop.querySelector("[data-do], [type=search]");
  return first?.matches("[type=search], #group-menu *") ? first : pop.querySelector("h3") ?? pop.querySelector("button") ?? pop;
}

function open(pop, button) {
  const { store } = button.dataset;
  pop.dataset.from = button.id;
  pop.innerHTML = '<p class="waiting pop-wait">…</p>';
  fill(pop, { g: button.closest("[data-g]").dataset.g, ...(store !== undefined && { s: store }) })
    .then(() => begin(pop).focus({ preventScroll: true }));
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.(POPS);
  const pop = button && byId(button.getAttribute("popovertarget"));
  if (pop && !pop.matches(":popover-open")) open(pop, button);
});

// From the menu to what it opens, which stands where the menu stood: within it, it would go with it.
document.addEventListener("click", ({ target }) => {
  const item = target.closest?.("[data-opens]");
  if (!item) return;
  const [pop, source] = [byId(item.dataset.opens), byId(item.dataset.from)];
  byId("group-menu").hidePopover();
  source.focus({ preventScroll: true }); // where Esc leads back to
  pop.showPopover({ source });
  open(pop, source);
});

// What was chosen in the menu is done; the focus goes back to where it was opened.
document.addEventListener("click", ({ target }) => {
  const menu = target.closest?.("#group-menu button:not([data-opens])") && byId("group-menu");
  if (menu) setTimeout(() => menu.hidePopover());
});

// A product was taken or left: the row is drawn again, and what is open follows it, under the row's new button.
document.addEventListener("htmx:afterSwap", ({ detail: { target }, target: fresh }) => {
  if (fresh.id !== target.id) return; // it comes for what stands around it, too
  const pop = byId("answer-pop");
  if (!target.id?.startsWith("answers-") || !pop?.matches(":popover-open") || target.id !== `answers-${pop.dataset.g}`) return;
  const focused = pop.contains(document.activeElement) ? document.activeElement.id : "";
  const top = pop.scrollTop;
  const source = byId(pop.dataset.from);
  pop.hidePopover();
  if (!source) return;
  source.focus({ preventScroll: true }); // where Esc leads back to
  pop.showPopover({ source });
  byId(focused)?.focus({ preventScroll: true });
  fill(pop, { g: pop.dataset.g, s: pop.dataset.s, many: loaded(pop) }).then(() => {
    pop.scrollTop = top;
    const seen = (one) => one && pop.contains(one) && one.checkVisibility();
    if (seen(document.activeElement)) return;
    const now = byId(focused);
    const instead = [...(now?.closest("li")?.querySelectorAll("button") ?? [])].find(seen); // Exclude has become Include
    (seen(now) ? now : instead ?? pop.querySelector("[type=search]"))?.focus({ preventScroll: true });
  });
});

// Products that were found: what is linked to is marked, and arrows lead through them.
document.addEventListener("htmx:afterSettle", ({ target }) => {
  const pop = target.closest?.("#answer-pop");
  if (pop) mark(pop);
});

document.addEventListener("keydown", (event) => {
  const place = event.target.closest?.(".find-product");
  if (!place || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
  const stops = [...place.querySelectorAll("[type=search], button")].filter((one) => one.checkVisibility());
  const next = stops[stops.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)];
  if (!next) return;
  event.preventDefault();
  next.focus();
});
