// The page stays where it is when a large part of it is replaced: what has the focus, or else what is looked at, keeps its
// place in the window. Left alone the browser holds on to something that is about to go, and is carried away by it.
const PARTS = "#board, #groups, #stores, #group-list, #asset-list";
const page = document.documentElement;
let held = null;

const byId = (id) => id && document.getElementById(id);
const top = (element) => element.getBoundingClientRect().top;

function lookedAt() {
  const focused = document.activeElement;
  const { top: from, bottom: to } = focused.getBoundingClientRect();
  if (focused.id && to > 0 && from < innerHeight) return focused;
  return document.elementFromPoint(innerWidth * 0.6, innerHeight / 3)?.closest("[id]");
}

// The browser knows the size of a group once it was in sight; what is replaced it would have to guess again. And a store that
// is asked again keeps its height until it has answered, so that what is below it does not move twice.
const sized = () => [...document.querySelectorAll(".store, .group")];
const nameOf = (one) => `${one.id || one.querySelector("input").id} ${one.matches(".group-rows")}`;

function heights() {
  const group = document.querySelector(".group");
  const style = group && getComputedStyle(group);
  const edges = group ? parseFloat(style.paddingBlockStart) + parseFloat(style.paddingBlockEnd) + group.offsetHeight - group.clientHeight : 0;
  return new Map(sized().map((one) => [nameOf(one), one.getBoundingClientRect().height - (one.matches(".group") ? edges : 0)]));
}

function keep(known) {
  for (const one of sized()) {
    const height = known.get(nameOf(one));
    if (height === undefined) continue;
    if (one.matches(".group")) one.style.containIntrinsicBlockSize = `auto ${height}px`;
    else if (one.matches(".store-pending")) one.style.minBlockSize = `${height}px`;
  }
}

document.addEventListener("htmx:beforeSwap", ({ detail: { shouldSwap, target } }) => {
  if (!shouldSwap || !target.matches(PARTS)) return;
  const kept = lookedAt();
  const setting = document.activeElement.closest("#settings");
  held = { id: kept?.id, top: kept && top(kept), scroll: scrollY, setting, asked: byId("confirm-order"), heights: heights() };
  page.classList.add("staying");
});

document.addEventListener("htmx:afterSwap", () => {
  if (!held) return;
  const was = held;
  held = null;
  keep(was.heights);
  const kept = byId(was.id);
  scrollTo({ top: kept ? scrollY + top(kept) - was.top : was.scroll, behavior: "instant" });
  if (!was.asked) byId("confirm-order")?.scrollIntoView({ block: "nearest", behavior: "instant" }); // to be answered, it is to be seen
  // What was pressed may be gone, as the offer of the settings of last time.
  if (was.setting && document.activeElement === document.body) {
    document.querySelector("#settings :is(button, input, select):enabled")?.focus({ preventScroll: true });
  }
  requestAnimationFrame(() => requestAnimationFrame(() => page.classList.remove("staying")));
});
