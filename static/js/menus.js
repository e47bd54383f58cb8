// The menu of a group, and what a store says about its key: one popover each for all rows, filled when it is opened.
const byId = (id) => document.getElementById(id);
const POPS = "[popovertarget=group-menu], [popovertarget=answer-pop]";

function fill(pop, values) {
  pop.dataset.g = values.g;
  pop.dataset.s = values.s ?? "";
  return htmx.ajax("GET", pop.dataset.url, { source: pop, target: pop, swap: "innerHTML", values });
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.(POPS);
  const pop = button && byId(button.getAttribute("popovertarget"));
  if (!pop || pop.matches(":popover-open")) return;
  const { store } = button.dataset;
  pop.dataset.from = button.id;
  pop.innerHTML = '<p class="waiting pop-wait">…</p>';
  fill(pop, { g: button.closest("[data-g]").dataset.g, ...(store !== undefined && { s: store }) })
    .then(() => (pop.querySelector(":not(.pop-head) > button") ?? pop.querySelector("button"))?.focus({ preventScroll: true }));
});

// What was chosen in the menu is done; the focus goes back to where it was opened.
document.addEventListener("click", ({ target }) => {
  const menu = target.closest?.("#group-menu button") && byId("group-menu");
  if (menu) setTimeout(() => menu.hidePopover());
});

// A product was taken or left: the row is drawn again, and what is open follows it, under the row's new button.
document.addEventListener("htmx:afterSwap", ({ detail: { target } }) => {
  const pop = byId("answer-pop");
  if (!target.id?.startsWith("answers-") || !pop?.matches(":popover-open") || target.id !== `answers-${pop.dataset.g}`) return;
  const focused = pop.contains(document.activeElement) ? document.activeElement.id : "";
  const source = byId(pop.dataset.from);
  pop.hidePopover();
  if (!source) return;
  source.focus({ preventScroll: true }); // where Esc leads back to
  pop.showPopover({ source });
  byId(focused)?.focus({ preventScroll: true });
  fill(pop, { g: pop.dataset.g, s: pop.dataset.s });
});
