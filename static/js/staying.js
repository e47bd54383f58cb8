// The page stays where it is when a large part of it is replaced: the group that is looked at, or what has the focus in the
// list, keeps its place in the window. Left alone the browser holds on to something that is about to go, and is carried away.
const PARTS = "#board, #groups, #stores, #group-list, #asset-list";
const page = document.documentElement;
let held = null;
let lost = false; // what had the focus in the bar is gone
let ticked = ""; // the id of what was changed there

const byId = (id) => id && document.getElementById(id);
const top = (element) => element.getBoundingClientRect().top;
// The bar and its popovers stay in sight by themselves: what has the focus there says nothing about the place on the page.
const apart = (element) => element.closest(".stick, [popover]");
const bar = () => document.querySelector(".stick");
// It scrolls away with the page on a phone, and nowhere at the very top.
const stuck = () => Boolean(bar()) && getComputedStyle(bar()).position === "sticky" && top(bar()) < 1;

function lookedAt() {
  const part = byId(document.querySelector(".pop:popover-open")?.id.replace("pop-", "part-"));
  if (part && !stuck()) return part; // its popover moves with it
  const focused = document.activeElement;
  const { top: from, bottom: to } = focused.getBoundingClientRect();
  if (focused.id && !apart(focused) && to > 0 && from < innerHeight) return focused;
  const edge = Math.max(0, bar()?.getBoundingClientRect().bottom ?? 0);
  const group = [...document.querySelectorAll(".group[id]")].find((one) => one.getBoundingClientRect().bottom > edge + 8);
  return group ?? document.elementFromPoint(innerWidth * 0.6, innerHeight / 3)?.closest("[id]");
}

// The browser knows the size of a group once it was in sight; what is replaced it would have to guess again. And a store that
// is asked again keeps its height until it has answered, so that what is below it does not move twice.
const sized = () => [...document.querySelectorAll(".store, .group")];
const nameOf = (one) => `${one.id || one.querySelector("input")?.id} ${Boolean(one.querySelector(":scope > .table-wrap"))}`;

function heights() {
  const group = document.querySelector(".group");
  const style = group && getComputedStyle(group);
  const padding = style ? parseFloat(style.paddingBlockStart) + parseFloat(style.paddingBlockEnd) : 0;
  // The first group has no border above it.
  const around = (one) => (one.matches(".group") ? padding + one.offsetHeight - one.clientHeight : 0);
  return new Map(sized().map((one) => [nameOf(one), one.getBoundingClientRect().height - around(one)]));
}

function keep(known) {
  for (const one of sized()) {
    const height = known.get(nameOf(one));
    if (!height) continue;
    if (one.matches(".group")) one.style.containIntrinsicBlockSize = `auto ${height}px`;
    else if (one.matches(".store-pending")) one.style.minBlockSize = `${height}px`;
  }
}

document.addEventListener("htmx:configRequest", ({ detail: { elt } }) => { if (elt.id === "settings") ticked = document.activeElement.id; });
document.addEventListener("htmx:beforeSwap", ({ detail: { shouldSwap, target } }) => {
  if (!shouldSwap || !target.matches(PARTS)) return;
  const kept = lookedAt();
  const setting = document.activeElement.closest("#settings, #configuration");
  const pops = [...document.querySelectorAll(".pop:popover-open")].map((pop) => [pop.id, pop.scrollTop]);
  held = { id: kept?.id, top: kept && top(kept), scroll: scrollY, stuck: stuck(), setting, pops, asked: byId("confirm-order"), heights: heights() };
  page.classList.add("staying");
});

document.addEventListener("htmx:afterSwap", () => {
  if (!held) return;
  const was = held;
  held = null;
  keep(was.heights);
  const kept = byId(was.id);
  // A list that got short would let the bar, and what is open under it, down to below the header.
  if (was.stuck) bar().parentElement.style.minBlockSize = "100dvh";
  // And what is open on a phone, where it scrolls with the page, down with it.
  else if (was.pops.length && bar()) bar().parentElement.style.minBlockSize = `calc(100dvh + ${was.scroll}px)`;
  // At the very top the header stays in sight, whatever the bar has got or lost.
  scrollTo({ top: kept && was.scroll ? scrollY + top(kept) - was.top : was.scroll, behavior: "instant" });
  for (const [id, scrolled] of was.pops) byId(id).scrollTop = scrolled;
  const asked = !was.asked && byId("confirm-order");
  if (asked) inSight(asked, asked.closest(".pop")); // to be answered, it is to be seen
  lost ||= Boolean(was.setting);
  if (was.pops.length || !document.querySelector("[data-blocked]")) refocus();
  requestAnimationFrame(() => requestAnimationFrame(() => page.classList.remove("staying")));
});

// `scrollIntoView` would scroll the page under a popover, too.
function inSight(element, pop) {
  const below = element.getBoundingClientRect().bottom - pop.getBoundingClientRect().bottom;
  if (below > 0) pop.scrollTop += below;
}

// What was pressed may be gone, as the offer of the settings of last time: what is next has the focus then. Until all is saved
// that may be a button which cannot be pressed.
document.addEventListener("saved", refocus);

function refocus() {
  const wanted = lost && document.activeElement === document.body;
  lost = false;
  if (!wanted) return;
  const field = byId(ticked.replace(/-\d+$/, "")); // of a value that is taken back the field remains
  const next = (field?.checkVisibility() ? field : null) ?? document.querySelector(".pop:popover-open :is(select, input:not([type=hidden], [type=search])):enabled")
    ?? document.querySelector("#link-assets:enabled, #next, #upload-assets:enabled")
    ?? document.querySelector("#configuration-title, #settings :is(button, input, select):enabled");
  next?.focus({ preventScroll: true });
}
