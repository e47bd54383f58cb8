// The filters of Choose Assets: a search starts with Enter, when a field is left, or when a choice is made; in a popover when it
// closes. Nothing is asked while somebody types, and nothing twice. What is searched for is the form; links change it.
const byId = (id) => document.getElementById(id);
const form = byId("filters");
const pane = byId("pane");
const FIELDS = ["q", "linked", "order"]; // those that stand outside the bar, which is drawn again with each answer
const NO_FILTERS = ["name", "shared"]; // of a search that is saved
let sent = now();
let filtering = false; // from the bar, which is drawn again: what had the focus there may be gone

function now() {
  return String(new URLSearchParams([...new FormData(form)].filter(([name, value]) => value && !NO_FILTERS.includes(name))));
}

function apply() {
  if (now() !== sent) form.requestSubmit();
}

function go(query) {
  sent = query;
  filtering = form.contains(document.activeElement);
  htmx.ajax("GET", `${form.getAttribute("hx-get")}?${query}`, { source: "#searcher", target: "#found", swap: "outerHTML" });
}

// Enter changes a field and sends the form: that is one search.
let asking = null;
document.addEventListener("submit", (event) => {
  if (event.target !== form || asking === null || asking !== now()) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);
form.addEventListener("htmx:beforeRequest", ({ target }) => { if (target === form) asking = sent; });
form.addEventListener("htmx:afterRequest", ({ target }) => { if (target === form) asking = null; });

form.addEventListener("submit", () => {
  sent = now();
  filtering = form.contains(document.activeElement);
  for (const pop of form.querySelectorAll("[data-filter]:popover-open")) pop.hidePopover();
});

// What stands outside the bar follows the search that was answered.
function follow(query) {
  const asked = new URLSearchParams(query);
  for (const field of document.querySelectorAll(`[form="filters"]`)) {
    if (!FIELDS.includes(field.name)) continue;
    const value = asked.get(field.name) ?? "";
    if (field.type === "radio") field.checked = field.value === value;
    else if (field.matches("select")) field.value = [...field.options].some((one) => one.value === value) ? value : field.options[0].value;
    else if (field !== document.activeElement) field.value = value;
  }
  sent = now();
}

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const address = detail.xhr?.getResponseHeader("HX-Replace-Url");
  if (address === null || address === undefined || detail.elt?.id !== "found") return;
  const query = address.split("?")[1] ?? "";
  follow(query);
  for (const link of document.querySelectorAll("#searches [data-search]")) link.toggleAttribute("aria-current", query !== "" && link.dataset.search === query);
  mark(new URLSearchParams(query).get("folder") ?? "");
  if (filtering && document.activeElement === document.body) byId("part-add")?.focus({ preventScroll: true });
  filtering = false;
});

function mark(folder) {
  for (const link of document.querySelectorAll("#tree a[data-folder]")) link.toggleAttribute("aria-current", link.dataset.folder === folder);
  for (const link of document.querySelectorAll("#tree [aria-current]")) link.setAttribute("aria-current", "true");
}

// Links of searches and folders: where they lead without this script, but the page stays.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-search], [data-folder], [data-back]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  if (byId("tree").matches(":popover-open")) byId("tree").hidePopover();
  if (link.dataset.folder !== undefined) {
    form.elements.folder.value = link.dataset.folder;
    mark(link.dataset.folder);
    form.requestSubmit();
  } else go(link.dataset.search ?? now());
});

document.addEventListener("change", ({ target }) => {
  if (target.form !== form && target.getAttribute?.("form") !== "filters") return;
  if (target.name === "linked") {
    for (const other of document.querySelectorAll(`[name="linked"]`)) {
      if (other === target || other.type === target.type) continue;
      if (other.matches("select")) other.value = "";
      else other.checked = other.value === "" && !target.value;
    }
  }
  if (target.name === "since") {
    for (const other of form.querySelectorAll(`[name="since"]`)) {
      if (other !== target && other.type !== target.type) Object.assign(other, other.type === "radio" ? { checked: false } : { value: "" });
    }
  }
  if (target.dataset.atOnce !== undefined || target.id === "find") apply();
});

// A field in which Enter does something of its own.
document.addEventListener("keydown", (event) => {
  const own = event.target.dataset?.ownEnter;
  if (event.key !== "Enter" || own === undefined) return;
  event.preventDefault();
  if (own) byId(own).click();
});

let pristine = ""; // the popover of all fields, for when a filter was begun and not used

document.addEventListener("toggle", ({ target, newState }) => {
  if (target.dataset?.filter === undefined || asking !== null) return; // the answer draws the bar again
  if (newState === "closed") {
    if (target.id === "pop-add" && now() === sent && pristine) {
      target.innerHTML = pristine;
      htmx.process(target);
    }
    apply();
  } else if (!target.contains(document.activeElement)) target.querySelector("input:checked, input:not([type=hidden])")?.focus();
}, true);

// What was opened while a search was under way stays open, with what was chosen in it: the answer draws the bar around it.
let kept = null;

document.addEventListener("htmx:oobBeforeSwap", ({ detail: { target } }) => {
  const pop = target.id === "bar" && target.querySelector("[data-filter]:popover-open");
  kept = pop ? { pop, focused: pop.contains(document.activeElement) && document.activeElement } : null;
});
document.addEventListener("htmx:oobAfterSwap", () => {
  const fresh = kept && byId(kept.pop.id);
  if (!fresh) return;
  const { pop, focused } = kept;
  kept = null;
  fresh.replaceWith(pop);
  htmx.process(pop);
  pop.showPopover({ source: document.querySelector(`[popovertarget="${pop.id}"]`) });
  if (focused) focused.focus({ preventScroll: true });
});

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target?.id === "pop-add") pristine = detail.target.innerHTML;
});
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target?.id === "pop-add") detail.target.querySelector("input")?.focus();
  if (detail.target?.id === "searches") {
    const pop = byId("pop-save");
    if (pop.matches(":popover-open") && !byId("search-problem")) pop.hidePopover();
  }
});

document.addEventListener("click", ({ target }) => {
  const opener = target.closest?.("[data-opens-pop]");
  if (opener) {
    byId("pop-add").hidePopover();
    byId(opener.dataset.opensPop).showPopover({ source: byId("part-add") });
  }
  const key = target.id === "add-context" && byId("context-key").value.trim();
  if (key) htmx.ajax("GET", byId("field-list").dataset.url, { target: "#pop-add", source: "#searcher", values: { code: `context:${key}` } });
});

// Fields by their names, while one is typed: nothing is asked for it.
document.addEventListener("input", ({ target }) => {
  const list = target.dataset?.narrows && document.querySelector(target.dataset.narrows);
  if (!list) return;
  const wanted = target.value.trim().toLowerCase();
  for (const row of list.querySelectorAll("[data-name]")) row.hidden = !row.dataset.name.includes(wanted);
});

// Folders within a folder come when it is opened.
document.addEventListener("click", async ({ target }) => {
  const fold = target.closest?.("[data-under]");
  if (!fold) return;
  const open = fold.getAttribute("aria-expanded") !== "true";
  fold.setAttribute("aria-expanded", String(open));
  const row = fold.closest(".tree-row");
  if (!open || row.nextElementSibling) return;
  const place = document.createElement("div");
  row.after(place);
  const asked = new URLSearchParams(now());
  asked.set("under", fold.dataset.under);
  await htmx.ajax("GET", `${fold.dataset.url}?${asked}`, { source: fold, target: place, swap: "outerHTML" });
});
