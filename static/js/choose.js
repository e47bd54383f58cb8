// The assets of Choose Assets: a list box of which one is a stop of Tab. Arrows move, Space and clicks select, Shift extends, Enter
// shows one large. What is selected is sent by and by, one request after another, and kept until it has arrived.
const byId = (id) => document.getElementById(id);
const pane = byId("pane");
const announce = (text) => document.dispatchEvent(new CustomEvent("announce", { detail: text }));
const AT_ONCE = 1000, LARGEST = 400_000; // assets in one request, and characters: the server reads 3,000 fields and 512 KiB
const REST = 120, AGAIN = 3000; // milliseconds
let active = null; // the one that Tab leads to
let anchor = null; // where a row of selected ones begins
let columns = 0;

const grid = () => byId("grid");
const options = () => grid()?.children ?? [];
const isShut = (one) => one.classList.contains("asset-shut");
const isOn = (one) => drawn.get(one) ?? one.getAttribute("aria-selected") === "true";

function activate(one, focus = true) {
  if (!one) return;
  mark(one);
  if (active !== one) {
    if (active) active.tabIndex = -1;
    one.tabIndex = 0;
    active = one;
  }
  if (focus) one.focus();
}

function place(one) {
  return Array.prototype.indexOf.call(options(), one);
}

function wide() {
  columns ||= getComputedStyle(grid()).gridTemplateColumns.split(" ").length;
  return columns;
}

new ResizeObserver(() => { columns = 0; }).observe(pane);

// What is selected is seen at once; what is out of sight follows in parts, each after a frame: to style a thousand takes longer than
// a press may.

const drawn = new Map(); // the option -> as it is to be drawn
const IN_PART = 100; // options
let drawing = false;

function mark(one) {
  const on = drawn.get(one);
  if (on === undefined) return;
  drawn.delete(one);
  one.setAttribute("aria-selected", String(on));
}

// Where the first one is that fits, of options in order.
function first(fits) {
  const all = options();
  let low = 0, high = all.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fits(all[middle].getBoundingClientRect())) high = middle;
    else low = middle + 1;
  }
  return low;
}

function draw() {
  if (drawn.size > IN_PART) {
    const box = byId("scroll").getBoundingClientRect(), top = Math.max(0, box.top), end = Math.min(innerHeight, box.bottom);
    const all = options(), from = first(({ bottom }) => bottom > top), to = first((place) => place.top >= end);
    for (let at = from; at < to; at += 1) mark(all[at]);
    if (!drawing) later();
  } else for (const one of drawn.keys()) mark(one);
}

function later() {
  drawing = drawn.size > 0;
  if (drawing) requestAnimationFrame(() => setTimeout(part));
}

function part() {
  let left = IN_PART;
  for (const one of drawn.keys()) {
    if (left <= 0) break;
    left -= 1;
    mark(one);
  }
  later();
}

// Selecting

const pending = new Map(); // id -> the option, as it is to be kept
let sending = false, timer = 0, leaving = null;

function room() {
  const bar = byId("selection").dataset;
  const coming = [...pending.values()].filter(isOn).length;
  return Number(bar.most) - Number(bar.total) - coming;
}

// Who may look only sees an asset large instead.
const looksOnly = () => byId("selection").dataset.viewer !== undefined;

function set(ones, on) {
  if (looksOnly()) return;
  let left = on ? room() : Infinity, full = false;
  for (const one of ones) {
    if ((on && isShut(one)) || isOn(one) === on) continue;
    if (left <= 0) {
      full = true;
      break;
    }
    left -= 1;
    drawn.set(one, on);
    pending.set(one.id, one);
  }
  draw();
  if (full) announce(grid().dataset.textFull);
  shown();
  clearTimeout(timer);
  timer = setTimeout(flush, REST);
}

function between(from, to) {
  const all = [...options()];
  const ends = [all.indexOf(from), all.indexOf(to)].sort((one, other) => one - other);
  return all.slice(Math.max(0, ends[0]), ends[1] + 1);
}

function extend(to) {
  set(between(anchor?.isConnected ? anchor : to, to), true);
}

function toggle(one) {
  if (looksOnly()) return preview(one);
  anchor = one;
  if (isShut(one) && !isOn(one)) announce(one.getAttribute("aria-label"));
  else set([one], !isOn(one));
}

async function flush() {
  clearTimeout(timer);
  if (sending || !pending.size) return leave();
  sending = true;
  const some = [...fitting()];
  for (const [id] of some) pending.delete(id);
  const known = (on) => some.filter((entry) => entry[2] === on);
  const values = {
    add: known(true).map(([id]) => id.slice(2)),
    about: known(true).map(([, one]) => one.dataset.about),
    remove: known(false).map(([id]) => id.slice(2)),
  };
  const answer = await send(values);
  sending = false;
  if (answer) return flush();
  for (const [id, one] of some) if (!pending.has(id)) pending.set(id, one);
  leaving = null;
  timer = setTimeout(flush, AGAIN);
}

function* fitting() {
  let left = LARGEST, n = 0;
  for (const [id, one] of pending) {
    left -= 60 + id.length + encodeURIComponent(one.dataset.about).length;
    n += 1;
    if (n > AT_ONCE || (n > 1 && left < 0)) return;
    yield [id, one, isOn(one)];
  }
}

function send(values) {
  return new Promise((resolve) => {
    const ticker = byId("ticker");
    ticker.addEventListener("htmx:afterRequest", ({ detail }) => resolve(detail.successful), { once: true });
    htmx.ajax("POST", grid()?.dataset.tick ?? ticker.dataset.tick, { source: ticker, target: "#selection", swap: "outerHTML", values })
      .catch(() => resolve(false));
  });
}

function leave() {
  if (!leaving || sending) return;
  const button = byId(leaving);
  leaving = null;
  if (button && !button.disabled) button.form.requestSubmit(button);
}

// A selection is made of what has arrived.
document.addEventListener("submit", (event) => {
  if (event.target.id !== "selection" || !(pending.size || sending)) return;
  event.preventDefault();
  leaving = event.submitter?.id ?? "link";
  flush();
});
addEventListener("beforeunload", (event) => { if (pending.size) event.preventDefault(); });
addEventListener("online", flush);

// How many are there, and how many of them are selected.
function shown() {
  if (!byId("shown")) return;
  const n = options().length.toLocaleString(document.documentElement.lang);
  byId("shown").textContent = byId("shown").dataset.textShown.replace("{n}", n);
  const far = byId("so-far");
  if (far && byId("more")) far.textContent = n;
  else if (far) far.parentElement.textContent = byId("shown").dataset.textFound.replace("{n}", n); // searched to the end
  const box = byId("all");
  if (!box) return;
  const ones = [...options()].filter((one) => !isShut(one));
  const on = ones.filter(isOn).length;
  box.checked = on > 0 && on === ones.length;
  box.indeterminate = on > 0 && on < ones.length;
}

document.addEventListener("change", ({ target }) => {
  if (target.id === "all") set(options(), target.checked);
});

// Moving

function step(key) {
  const all = options(), at = Math.max(0, place(active)), last = all.length - 1;
  const rows = Math.max(1, Math.floor(byId("scroll").clientHeight / (active?.offsetHeight || 150)));
  const to = {
    ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: at + wide(), ArrowUp: at - wide(),
    Home: 0, End: last, PageDown: at + rows * wide(), PageUp: at - rows * wide(),
  }[key];
  if (to === undefined) return null;
  if (key === "ArrowDown" && to > last) return all[Math.floor(at / wide()) < Math.floor(last / wide()) ? last : at];
  if (key === "ArrowUp" && to < 0) return all[at];
  return all[Math.min(last, Math.max(0, to))];
}

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (key === "/" && !target.closest?.("input, textarea, select")) {
    event.preventDefault();
    return byId("find").focus();
  }
  if (!target.closest?.("#grid")) return;
  const all = (event.ctrlKey || event.metaKey) && key.toLowerCase() === "a";
  if (!all && (event.ctrlKey || event.metaKey || event.altKey)) return;
  if (all) set(options(), true);
  else if (key === " " && event.shiftKey) extend(active);
  else if (key === " ") toggle(active);
  else if (key === "Enter") preview(active);
  else {
    const to = step(key);
    if (!to) return;
    if (event.shiftKey) {
      anchor ??= active;
      activate(to);
      extend(to);
    } else activate(to);
  }
  event.preventDefault();
});

document.addEventListener("focusin", ({ target }) => {
  if (target.matches?.("#grid > .asset")) activate(target, false);
});

document.addEventListener("click", (event) => {
  const { target } = event;
  const one = target.closest?.("#grid > .asset");
  if (target.closest?.("#preview-now")) return preview(active);
  if (!one) return;
  activate(one);
  if (target.closest(".peek")) preview(one);
  else if (event.shiftKey) extend(one);
  else toggle(one);
});

// Large

function preview(one) {
  if (!one) return;
  activate(one, false);
  let page = one;
  while (page && !page.dataset.query) page = page.previousElementSibling;
  const pop = byId("preview");
  if (!pop.matches(":popover-open")) {
    pop.replaceChildren();
    pop.showPopover();
  }
  const asked = `${page?.dataset.query ?? ""}&id=${encodeURIComponent(one.id.slice(2))}`;
  htmx.ajax("GET", `${grid().dataset.preview}?${asked}`, { source: pop, target: pop, swap: "innerHTML" });
}

byId("preview").addEventListener("keydown", (event) => {
  const to = ["ArrowLeft", "ArrowRight"].includes(event.key) && step(event.key);
  if (!to) return;
  event.preventDefault();
  preview(to);
});
byId("skip").addEventListener("click", (event) => {
  if (!active?.isConnected) return;
  event.preventDefault();
  active.focus();
});
byId("preview").addEventListener("toggle", ({ newState }) => { if (newState === "closed") active?.focus(); });

// Answers

let counted = "";
function said() {
  const text = byId("selected-n")?.textContent.trim().replace(/\s+/g, " ") ?? "";
  if (counted && text !== counted) announce(text);
  counted = text;
}

function begin() {
  if (!active?.isConnected) {
    active = null;
    anchor = null;
    activate(options()[0], false);
  }
  columns = 0;
  for (const one of pending.values()) { // what has not arrived yet is as it was left
    const now = byId(one.id);
    if (!now || now === one) continue;
    drawn.set(now, isOn(one));
    pending.set(one.id, now);
  }
  draw();
  shown();
}

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id === "preview") byId("preview-close")?.focus();
  if (detail.target.id === "selection") {
    said();
    aim();
  }
  if (["found", "grid"].includes(detail.target.id)) begin();
  if (detail.target.id === "found") {
    look();
    announce(byId("found").dataset.announce.trim());
  }
  if (detail.target.id === "grid" && detail.elt.id !== "grid") { // the button that brought more is another one now
    announce(byId("shown").textContent);
    const fresh = detail.target.children[detail.target.children.length - 1];
    if (document.activeElement === document.body) (byId("more") ?? fresh)?.focus({ preventScroll: true });
  }
});

// All that match were selected, or none are any more.
document.addEventListener("ticks-changed", () => {
  for (const one of options()) drawn.set(one, !isShut(one));
  draw();
  shown();
});
document.addEventListener("ticks-cleared", () => {
  pending.clear();
  for (const one of options()) drawn.set(one, false);
  draw();
  shown();
});

// Where they go stays as it was chosen, though each tick draws the bar again. *Add assets* chooses it on the way here.
let into = location.hash === "#add" ? "add" : "";
function aim() {
  const field = byId("into");
  if ([...(field?.options ?? [])].some((one) => one.value === into)) field.value = into;
}
document.addEventListener("change", ({ target }) => { if (target.id === "into") into = target.value; });
aim();

// How it looks is this browser's.

const SIZES = ["5rem", "6.625rem", "8.5rem", "11rem", "15rem"];
const kept = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
const keep = (name, value) => { try { localStorage.setItem(name, value); } catch { /* a browser that keeps nothing */ } };

function look() {
  const view = kept("choose-view") === "list" ? "list" : "grid", size = kept("choose-size") ?? "2";
  pane.dataset.shownAs = view;
  for (const button of document.querySelectorAll("[data-view]")) button.setAttribute("aria-pressed", String(button.dataset.view === view));
  // Of the list alone: a property that its options inherit would style each of them.
  const least = SIZES[Number(size) - 1] ?? SIZES[1];
  if (grid()) grid().style.gridTemplateColumns = view === "list" ? "" : `repeat(auto-fill, minmax(${least}, 1fr))`;
  if (byId("size")) byId("size").value = size;
  columns = 0;
}

document.addEventListener("click", ({ target }) => {
  if (!target.dataset?.view) return;
  keep("choose-view", target.dataset.view);
  look();
});
document.addEventListener("input", ({ target }) => {
  if (target.id !== "size") return;
  keep("choose-size", target.value);
  look();
});

look();
begin();
said();
