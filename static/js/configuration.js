// The bar of Link to Products: its popovers, its shortcuts, and the small buttons that press another control.
const byId = (id) => document.getElementById(id);
const announce = (text) => document.dispatchEvent(new CustomEvent("announce", { detail: text }));

// A popover that opens has the focus in its first control; Esc gives it back to the part that opened it.
document.addEventListener("toggle", ({ target, newState }) => {
  if (newState !== "open" || !target.matches(".pop") || target.contains(document.activeElement)) return;
  const first = target.querySelector("input:checked:enabled") ?? target.querySelector(":is(select, input, textarea):enabled:not([type=hidden])");
  first?.focus({ preventScroll: true });
}, true);

// What is open stays open when the whole board is replaced, and what has the focus in it keeps that.
let open = null;

document.addEventListener("htmx:beforeSwap", ({ detail: { shouldSwap, target } }) => {
  const pop = document.querySelector(".pop:popover-open");
  open = shouldSwap && target.id === "board" && pop ? { pop: pop.id, focused: document.activeElement.id } : null;
});
document.addEventListener("htmx:afterSwap", () => {
  const pop = open && byId(open.pop);
  const focused = open?.focused;
  open = null;
  if (!pop || pop.matches(":popover-open")) return;
  pop.showPopover({ source: byId(pop.id.replace("pop-", "part-")) });
  byId(focused)?.focus({ preventScroll: true });
});

// Find a store: the others are hidden, and stay so when the list is replaced.
function findStore() {
  const wanted = byId("find-store")?.value.trim().toLowerCase() ?? "";
  for (const store of document.querySelectorAll("#stores-body .store")) {
    store.hidden = !store.dataset.store.toLowerCase().includes(wanted);
  }
}

document.addEventListener("input", ({ target }) => { if (target.id === "find-store") findStore(); });
document.addEventListener("reset", () => setTimeout(findStore)); // after the field is empty
document.addEventListener("swapped", findStore);

// The settings of a store that were opened and closed again stay closed when the list is drawn again.
document.addEventListener("toggle", ({ target, newState }) => {
  const open = target.matches(".store-own") && target.querySelector("[name=own_open]");
  if (open) open.disabled = newState !== "open";
}, true);

// Each time it opens, its list is asked for again: what was there before is nothing to be pressed meanwhile.
document.addEventListener("beforetoggle", ({ target, newState }) => {
  if (target.id === "pop-presets" && newState === "open") byId("presets-body").innerHTML = '<p class="waiting pop-wait">…</p>';
}, true);

// The list of presets has the focus when it comes and can be used, and keeps it when it is drawn again. What was used is done.
document.addEventListener("htmx:afterSettle", () => {
  const pop = document.querySelector("#pop-presets:popover-open");
  const inside = pop?.contains(document.activeElement) && !document.activeElement.matches("[popovertargetaction]");
  if (pop && !inside) pop.querySelector("#preset-name, .preset-use:enabled, #preset-new")?.focus({ preventScroll: true });
});
document.addEventListener("click", ({ target }) => {
  const pop = byId(target.closest?.("[data-close]")?.dataset.close);
  if (pop) setTimeout(() => pop.hidePopover());
});

// After a hint is dismissed the focus is on the next one; and no answer that was under way meanwhile brings it back.
const dismissed = new Set();

function withoutDismissed() {
  for (const id of dismissed) byId(id)?.closest(".tip").remove();
  if (document.activeElement === document.body) (document.querySelector(".tip button") ?? byId("configuration-title")).focus();
}

document.addEventListener("htmx:beforeRequest", ({ target: { id } }) => { if (id.startsWith("hint-")) dismissed.add(id); });
document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => { if (target.matches(".tip")) setTimeout(withoutDismissed); });
document.addEventListener("swapped", () => {
  if ([...dismissed].some(byId)) withoutDismissed();
});

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-untick], [data-show]");
  if (button?.dataset.untick) byId(button.dataset.untick)?.click();
  if (button?.dataset.show) byId(`state-${button.dataset.show}`)?.click();
});

// Ctrl+Enter is a dry run, with Shift it links. Nobody starts either by it while choosing or writing something: a popover is
// closed by the first press, which saves what was written there, and in a field of the page it starts nothing.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.altKey || event.isComposing || !(event.ctrlKey || event.metaKey) || !byId("start")) return;
  event.preventDefault();
  if (event.repeat) return;
  const pop = document.querySelector(":popover-open:not(#toast)");
  if (pop) return closeFirst(pop);
  if (event.target.closest("input, select, textarea")) return announce(textOf("leaveField"));
  const button = byId(event.shiftKey ? "link-assets" : "dry-run");
  if (button && (!button.disabled || button.dataset.blocked !== undefined)) byId("start").requestSubmit(button);
  else announce(byId("actions-note").textContent.trim());
});

function closeFirst(pop) {
  document.activeElement.blur();
  pop.hidePopover();
  (document.querySelector(`[popovertarget="${pop.id}"]`) ?? byId("start")).focus({ preventScroll: true });
  announce(textOf("pressAgain"));
}
