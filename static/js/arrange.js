// Edits of the selection: what carries data-do is sent when it is pressed or changed, one after another, each on the version
// that the one before has left. What could not be sent stays, is shown as not saved, and is sent again when the person wants
// it, or when the browser has a network again. Settings, which htmx sends, are kept in the same way.
//
// <button data-do="exclude"> sends do=exclude, its other data-* values, its own value, and where it is: g, the data-g of the
// group around it, and a, the data-a of the asset. The address is the data-edit-url around it.
const arranger = document.getElementById("arranger");
const queue = [];
const settings = new Set(); // requests of the settings that are under way: they count the version up, too
const later = []; // requests of the settings that wait until the edit under way is answered
const unsaved = new Map(); // settings that could not be sent: id of the form or button -> {path, name}
let running = null;
let halted = null; // why nothing is sent: {text, again}
let start = ""; // the button that was pressed to start a run before everything was saved
let slow = 0;

const byId = (id) => document.getElementById(id);
const nameOf = (element) => (element.getAttribute("aria-label") ?? element.textContent).trim().replace(/\s+/g, " ");
// The answer to what was made on an older state: the page as it is now, with a status that is no error in the console.
const isStale = (xhr) => Boolean(xhr?.getResponseHeader("AssetLink-Stale"));
const announce = (text) => document.dispatchEvent(new CustomEvent("announce", { detail: text }));

function put(element, fields) {
  const place = element.closest("[data-edit-url]");
  if (!place) return;
  const group = element.closest("[data-g]")?.dataset.g;
  const asset = element.closest("[data-a]")?.dataset.a;
  const values = { ...(group && { g: group }), ...(asset && { a: asset }), ...fields };
  queue.push({ url: place.dataset.editUrl, target: element.dataset.target, values, id: element.id, group, name: nameOf(element) });
  resume();
}

function pressed(event) {
  const element = event.target.closest?.("[data-do]");
  if (!element) return;
  const field = element.matches("input, select, textarea");
  if (event.type !== (field ? "change" : "click")) return;
  const { target, editUrl, ...fields } = element.dataset;
  put(element, field ? { ...fields, value: element.value } : fields);
}

function send(edit) {
  const values = { ...edit.values, version: byId("version").value };
  return new Promise((resolve) => {
    arranger.addEventListener("htmx:afterRequest", ({ detail }) => resolve(detail.xhr), { once: true });
    htmx.ajax("POST", edit.url, { source: arranger, target: edit.target ?? arranger, swap: edit.target ? "outerHTML" : "none", values })
      .catch(() => resolve(null));
  });
}

async function pump() {
  if (running || halted || settings.size) return tell();
  if (unsaved.size) return sendSetting();
  if (!queue.length) return tell();
  running = queue[0];
  tell();
  const answer = await send(running);
  const edit = running;
  running = null;
  settle(edit, isStale(answer) ? 409 : answer?.status ?? 0, answer?.responseText ?? "");
  if (later.length) later.shift()();
  setTimeout(pump); // when a request that waited has begun
}

function settle(edit, status, text) {
  if (status === 409) refuse(queue.splice(0));
  else if (status === 0 || status === 401 || status === 403 || status === 429 || status >= 500) halt(status, text);
  else {
    queue.shift();
    byId("board-notice")?.remove(); // it was made again
  }
  if (status === 400 || status === 404) announce(textOf("impossible", { name: edit.name }));
  if (!halted) refocus(edit);
}

// What was written is shown again: it is not saved, and not lost.
function refuse(edits) {
  for (const { id, values } of edits) document.dispatchEvent(new CustomEvent("edit-refused", { detail: { id, value: values.value } }));
}

function halt(status, text) {
  const ended = status === 401 || status === 403;
  halted = { text: why(status, text), again: !ended };
  start = ""; // what was to be started was pressed for this change, too: nobody expects it minutes later
  if (ended) endSession();
}

function why(status, text) {
  if (status === 0) return textOf("away");
  if (status === 401 || status === 403) return textOf("ended");
  if (status === 429) return textOf("unsaved", { reason: text.trim() });
  return textOf(status >= 500 ? "failed" : "refused");
}

function endSession() {
  const ended = byId("session-ended");
  ended.hidden = false;
  ended.focus();
}

// What had the focus may be gone, or be of no use any more.
function refocus(edit) {
  const now = document.activeElement;
  if (now !== document.body && !now.disabled) return;
  for (const id of [edit.id, `gx-${edit.group}`, `gt-${edit.group}`, "groups-title"]) {
    const found = id && byId(id);
    if (found && !found.disabled) return found.focus({ preventScroll: true });
  }
}

// The form goes first: what a button is answered with draws it again, as it was saved.
function sendSetting() {
  const id = unsaved.has("settings") ? "settings" : unsaved.keys().next().value;
  const element = byId(id);
  if (element?.getAttribute("hx-post") !== unsaved.get(id).path) {
    unsaved.delete(id); // its button is gone
    pump();
  } else if (element.matches("form")) element.requestSubmit();
  else element.click();
}

function settleSetting({ requestConfig: { elt, path, triggeringEvent }, xhr }) {
  const { id } = elt;
  if (isStale(xhr)) unsaved.clear(); // all is drawn again
  else if ((xhr.status >= 200 && xhr.status < 400) || xhr.status === 422) unsaved.delete(id);
  else {
    const field = triggeringEvent?.target;
    const name = field && field !== elt ? nameOfField(field) : unsaved.get(id)?.name ?? (elt.matches("form") ? textOf("settings") : nameOf(elt));
    unsaved.set(id, { path, name });
    return halt(xhr.status, xhr.responseText);
  }
  halted = null;
  byId("session-ended").hidden = true;
}

// A label may hold more than the name, which is its first line then.
function nameOfField(field) {
  const labelled = byId(field.getAttribute("aria-labelledby")) ?? field.labels?.[0] ?? field;
  return nameOf(labelled).slice(0, 60);
}

// Whether everything is saved. A quick answer leaves no time to read, so only a slow one is announced to the eye.
function tell() {
  clearTimeout(slow);
  mark();
  block();
  const busy = running || settings.size;
  if (halted) show(`${halted.text} ${listed([...unsaved.values(), ...queue])}`, "not", halted.again);
  else if (busy) slow = setTimeout(() => show(textOf("saving"), "busy"), 250);
  else if (!unsaved.size) show(textOf("saved"));
  if (busy || halted || unsaved.size || queue.length) return;
  document.dispatchEvent(new Event("saved"));
  if (start) startNow();
}

// A run is started on what is saved. While settings are being saved the button names what they were before.
function block() {
  for (const button of ["dry-run", "link-assets", "upload-assets"].map(byId)) {
    if (!button) continue;
    if (halted || settings.size) {
      if (!button.disabled) button.dataset.blocked = "";
      button.disabled = true;
    } else if (button.dataset.blocked !== undefined) {
      delete button.dataset.blocked;
      button.disabled = false;
    }
  }
}

function listed(edits) {
  const n = edits.length - 1;
  return edits.length ? textOf(n ? "leftMore" : "left", { name: edits[0].name, n }) : "";
}

let shown = "";
function show(text, kind = "saved", again = false) {
  const saved = byId("saved");
  if (!saved) return;
  if (text !== shown && kind === "not") announce(text);
  shown = text;
  byId("saved-text").textContent = text;
  saved.classList.toggle("saved-not", kind === "not");
  byId("saved-again").hidden = !again;
  byId("saved-forget").hidden = !again;
}

function mark() {
  for (const one of document.querySelectorAll("[data-unsaved]")) delete one.dataset.unsaved;
  if (!halted) return;
  for (const edit of queue) {
    const element = edit.id && byId(edit.id);
    const place = element?.closest("[data-a], [data-g]") ?? element;
    if (place) place.dataset.unsaved = "";
  }
}

function again() {
  if (halted?.again) resume();
}

function resume() {
  if (halted?.again) halted = null;
  pump();
}

// A form is drawn with what is saved: that is what it is reset to.
function forget() {
  queue.length = 0;
  if (unsaved.has("settings")) byId("settings").reset();
  unsaved.clear();
  halted = null;
  tell();
  document.body.dispatchEvent(new Event("list-changed"));
  byId("groups-title")?.focus();
}

function startNow() {
  const button = byId(start);
  start = "";
  if (button && !button.disabled) button.form.requestSubmit(button);
  else announce(textOf("notStarted", { reason: byId("actions-note")?.textContent.trim().replace(/\s+/g, " ") ?? "" })); // what was saved has changed that
}

document.addEventListener("submit", (event) => {
  if (event.target.id !== "start" || !(running || halted || queue.length || unsaved.size || settings.size)) return;
  event.preventDefault();
  event.stopPropagation();
  if (halted) byId(halted.again ? "saved-again" : "session-ended").focus();
  else start = event.submitter?.id ?? "";
}, true);

document.addEventListener("click", (event) => {
  if (event.target.id === "saved-again") again();
  else if (event.target.id === "saved-forget") forget();
  else pressed(event);
});
document.addEventListener("change", pressed);
document.addEventListener("arrange", ({ detail }) => put(detail.element, detail.fields));
addEventListener("online", again);
addEventListener("beforeunload", (event) => {
  const lost = queue.length || unsaved.size;
  if (lost && halted?.again !== false) event.preventDefault(); // without a session nothing is left to wait for
});

// Settings are sent by htmx. They wait for the edit under way, and edits wait for them: each names the version it was made on.
const ofSettings = (detail) => (detail.verb ?? detail.requestConfig.verb) === "post" && (detail.elt.closest("#settings") || detail.elt.matches("[hx-include='#version']"));

document.addEventListener("htmx:confirm", (event) => {
  const { elt, path, verb } = event.detail;
  if (!ofSettings(event.detail)) {
    // What only looks would draw the form as it was saved, and what is chosen there would be lost.
    if (unsaved.size && verb === "get" && elt.id === "matching") event.preventDefault();
  } else if (running) {
    event.preventDefault();
    later.push(() => event.detail.issueRequest(true));
  } else if (unsaved.has("settings") && elt.id !== "settings" && !settings.size && !unsaved.has(elt.id)) {
    event.preventDefault(); // the form goes first
    unsaved.set(elt.id, { path, name: nameOf(elt) });
    resume();
  }
});
document.addEventListener("htmx:beforeSend", ({ detail }) => {
  if (!ofSettings(detail)) return;
  settings.add(detail.xhr);
  if (halted?.again) halted = null;
  tell();
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (!settings.delete(detail.xhr)) return;
  settleSetting(detail);
  setTimeout(pump);
});

// What goes wrong with an edit or a setting is reported here, and not by the whole page.
const reportedHere = ({ detail }) => detail.elt === arranger || ofSettings(detail);

for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => {
    const ended = halted?.again === false && event.detail.xhr.status === 403; // it is said already
    if (ended || reportedHere(event)) event.stopPropagation();
  }, true);
}
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { status } = event.detail.xhr;
  if (status === 401 && (halted || reportedHere(event))) event.preventDefault(); // the page stays, with what is not saved
}, true);
document.addEventListener("swapped", block);
document.addEventListener("htmx:afterSwap", ({ detail }) => { if (detail.target?.id === "board") tell(); });
