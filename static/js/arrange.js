// Edits of the selection: what carries data-do is sent when it is pressed or changed, one after another, each on the version
// that the one before has left. What could not be sent stays, is shown as not saved, and is tried again.
//
// <button data-do="exclude"> sends do=exclude, its other data-* values, its own value, and where it is: g, the data-g of the
// group around it, and a, the data-a of the asset. The address is the data-edit-url around it.
const arranger = document.getElementById("arranger");
const queue = [];
const settings = new Set(); // requests of the settings that are under way: they count the version up, too
const later = []; // requests of the settings that wait until the edit under way is answered
let running = null;
let halted = null; // why nothing is sent: {text, again}
let start = ""; // the button that was pressed to start a run before everything was saved
let slow = 0;

const byId = (id) => document.getElementById(id);
const nameOf = (element) => (element.getAttribute("aria-label") ?? element.textContent).trim().replace(/\s+/g, " ");
const announce = (text) => document.dispatchEvent(new CustomEvent("announce", { detail: text }));

function put(element, fields) {
  const place = element.closest("[data-edit-url]");
  if (!place) return;
  const group = element.closest("[data-g]")?.dataset.g;
  const asset = element.closest("[data-a]")?.dataset.a;
  const values = { ...(group && { g: group }), ...(asset && { a: asset }), ...fields };
  queue.push({ url: place.dataset.editUrl, target: element.dataset.target, values, id: element.id, group, name: nameOf(element) });
  if (halted?.again) halted = null;
  pump();
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
  if (running || halted || settings.size || !queue.length) return tell();
  running = queue[0];
  tell();
  const answer = await send(running);
  const edit = running;
  running = null;
  settle(edit, answer?.status ?? 0, answer?.responseText ?? "");
  if (later.length) later.shift()();
  setTimeout(pump); // when a request that waited has begun
}

function settle(edit, status, text) {
  if (status === 409) refuse(queue.splice(0));
  else if (status === 401 || status === 403) halt("your session has ended", false);
  else if (status === 0) halt("the network is away");
  else if (status === 429) halt(text);
  else if (status >= 500) halt("AssetLink met an error of its own");
  else {
    queue.shift();
    byId("board-notice")?.remove(); // it was made again
  }
  if (status === 400 || status === 404) announce(`${edit.name}: this is not possible any more. Load the page again.`);
  if (!halted) refocus(edit);
}

// What was written is shown again: it is not saved, and not lost.
function refuse(edits) {
  for (const { id, values } of edits) document.dispatchEvent(new CustomEvent("edit-refused", { detail: { id, value: values.value } }));
}

function halt(text, again = true) {
  halted = { text, again };
  if (!again) endSession();
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

// Whether everything is saved. A quick answer leaves no time to read, so only a slow one is announced to the eye.
function tell() {
  clearTimeout(slow);
  mark();
  const busy = running || settings.size;
  if (halted) show(`Not saved: ${halted.text}. ${listed(queue)}`, halted.again);
  else if (busy) slow = setTimeout(() => show("Saving …"), 250);
  else show("Saved");
  if (!busy && !queue.length && start) startNow();
}

function listed(edits) {
  const rest = edits.length - 1;
  return edits.length ? `Still to be saved: ${edits[0].name}${rest ? ` and ${rest} more` : ""}.` : "";
}

let shown = "Saved";
function show(text, again = false) {
  const saved = byId("saved");
  if (!saved) return;
  if (text !== shown && text !== "Saved" && text !== "Saving …") announce(text);
  shown = text;
  byId("saved-text").textContent = text;
  saved.classList.toggle("saved-not", text.startsWith("Not"));
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
  if (!halted?.again) return;
  halted = null;
  pump();
}

function forget() {
  queue.length = 0;
  halted = null;
  tell();
  document.body.dispatchEvent(new Event("list-changed"));
  byId("groups-title")?.focus();
}

// A run is started on what is saved.
function startNow() {
  const button = byId(start);
  start = "";
  if (button && !button.disabled) button.form.requestSubmit(button);
}

document.addEventListener("submit", (event) => {
  if (event.target.id !== "start" || !(running || queue.length || settings.size)) return;
  event.preventDefault();
  event.stopPropagation();
  if (halted) byId("saved-again").focus();
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
addEventListener("beforeunload", (event) => { if (queue.length) event.preventDefault(); });

// Settings are sent by htmx. They wait for the edit under way, and edits wait for them: each names the version it was made on.
const ofSettings = (detail) => (detail.verb ?? detail.requestConfig.verb) === "post" && detail.elt.closest("#settings");

document.addEventListener("htmx:confirm", (event) => {
  if (!running || !ofSettings(event.detail)) return;
  event.preventDefault();
  later.push(() => event.detail.issueRequest(true));
});
document.addEventListener("htmx:beforeSend", ({ detail }) => {
  if (!ofSettings(detail)) return;
  settings.add(detail.xhr);
  tell();
});
document.addEventListener("htmx:afterRequest", ({ detail }) => { if (settings.delete(detail.xhr)) setTimeout(pump); });

// What goes wrong with an edit is reported here, and not by the whole page.
for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  arranger?.addEventListener(name, (event) => event.stopPropagation());
}
arranger?.addEventListener("htmx:beforeOnLoad", (event) => {
  if (event.detail.xhr.status === 401) event.preventDefault(); // the page stays, with what is not saved
});
document.addEventListener("htmx:afterSwap", ({ detail }) => { if (detail.target?.id === "board") tell(); });
