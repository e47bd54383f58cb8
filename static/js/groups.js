// The list of groups: what it tells of itself with every request, its filters, and groups that are opened as rows.
const byId = (id) => document.getElementById(id);
const opened = () => [...document.querySelectorAll(".group[data-open]")].map((group) => group.dataset.g);

document.addEventListener("htmx:configRequest", ({ detail }) => {
  const { elt, parameters, target } = detail;
  const list = byId("group-list");
  if (!list || !(elt.id === "arranger" || elt.closest("#board"))) return;
  parameters.open ??= opened().join(" ");
  if (elt.id === "filters") return;
  parameters.q = byId("filter-text").value;
  parameters.state = document.querySelector("#filter-states :checked")?.value ?? "";
  if (elt.id === "group-list" || target?.id !== "group-list") parameters.upto = [...list.querySelectorAll(".group")].at(-1)?.dataset.g ?? "";
  if (elt.matches("[id^=gm-]")) parameters.from = elt.closest("[data-list]").querySelectorAll(":scope > [data-a]").length;
});

function clear() {
  byId("filter-text").value = "";
  byId("state-all").checked = true;
  byId("filters").requestSubmit();
  byId("filter-text").focus();
}

// Compact view: a group opens as rows, and closes again.
function turn(button) {
  const id = button.closest("[data-g]").dataset.g;
  const group = byId(`g-${id}`);
  const open = new Set(opened());
  if (!open.delete(id)) open.add(id);
  htmx.ajax("GET", byId("groups").dataset.groupUrl, { source: group, target: group, swap: "outerHTML", values: { g: id, open: [...open].join(" ") } });
}

document.addEventListener("click", ({ target }) => {
  if (target.id === "clear-filters") clear();
  const button = target.closest?.("[data-rows]");
  if (button) turn(button);
});

// A list that was asked for before an edit, and came after it, is asked for again. So are the buttons: those that asked are gone then,
// and with them their answer, and the edit may not have known yet what a store has answered.
const asked = new WeakMap();
let buttons = null; // the request for them that is under way
const version = () => byId("version")?.value;

document.addEventListener("htmx:beforeSend", ({ detail: { elt, requestConfig, xhr } }) => {
  if (requestConfig.verb !== "get") return;
  asked.set(xhr, version());
  if (elt.id === "actions") buttons = xhr;
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const list = detail.successful && ["group-list", "more-groups"].includes(detail.target.id);
  if (list && asked.get(detail.xhr) !== version()) document.body.dispatchEvent(new Event("list-changed"));
  if (detail.xhr === buttons) buttons = null;
  if (buttons && asked.get(buttons) !== version()) document.body.dispatchEvent(new Event("matches-changed"));
  asked.delete(detail.xhr);
});

// A tile that is replaced keeps its picture: a fresh one would flicker.
document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
  const [old, fresh] = [detail.target, detail.fragment].map((one) => one.querySelector(".pic > img"));
  if (old && fresh && old.src === fresh.src) fresh.replaceWith(old);
});

// A picture without words says by its tip what a press does.
document.addEventListener("pointerover", ({ target }) => {
  const picture = target.closest?.(".tile > .pic");
  if (picture) picture.title = picture.getAttribute("aria-label");
});

// After asking for more by keyboard, the focus is on the first of it.
const MORE = "#more-groups, [id^=gm-], [id^=hm-], [id^=find-more-], [id^=unlinked-][id$=-more]";
let before = null;
let asking = null; // what asks for more, and had the focus then: it is disabled until the answer is there

document.addEventListener("htmx:configRequest", ({ detail: { elt } }) => { if (elt.matches(MORE) && document.activeElement === elt) asking = elt; });
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { elt } = detail.requestConfig;
  if (!elt.matches(MORE) || elt !== asking || ![elt, document.body].includes(document.activeElement)) return;
  before = { last: detail.target.previousElementSibling };
});
document.addEventListener("htmx:afterSwap", () => {
  const first = before?.last?.nextElementSibling;
  if (before) asking = null;
  before = null;
  (first?.querySelector("h3") ?? [...(first?.querySelectorAll("a, button") ?? [])].find((one) => one.checkVisibility()))?.focus();
});

// Where the count line is wider than its place, the chosen filter stays whole in sight, clear of the fade at the end.
const FADE = 32;
function showChosen() {
  const line = byId("filter-states");
  const chosen = line?.querySelector(":checked")?.closest("label").getBoundingClientRect();
  if (!chosen) return;
  const { left, right } = line.getBoundingClientRect();
  if (chosen.right > right - FADE) line.scrollLeft += chosen.right - right + FADE;
  else if (chosen.left < left) line.scrollLeft -= left - chosen.left;
}

document.addEventListener("change", ({ target }) => { if (target.closest("#filter-states")) showChosen(); });
document.addEventListener("swapped", showChosen);
