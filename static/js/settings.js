// Settings are saved one after another, so that an older choice can never be kept over a newer one. htmx queues the newer;
// here the answer to the older is not shown any more: it would put the form back to what it was, and the newer would be lost
// with the form that sent it. Only the version is taken over, which the newer has to name.
const QUEUED = new Set(["settings", "refresh-matches", "next", "use-last-time", "dismiss-last-time"]);
let changed = 0;
let sent = 0;

const count = (event) => { if (event.target.closest("#settings")) changed += 1; };
// What only the page itself needs is no setting: it is not saved.
const unsent = (event) => { if (event.target.matches?.("[data-unsent]")) event.stopImmediatePropagation(); };

document.addEventListener("change", unsent, true);
document.addEventListener("change", count, true);
document.addEventListener("submit", count, true);
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#settings [hx-post], #configuration [hx-include='#version']");
  if (button && button.id !== "settings") changed += 1;
}, true);
document.addEventListener("htmx:configRequest", (event) => { if (QUEUED.has(event.detail.elt.id)) sent = changed; });
document.addEventListener("htmx:beforeSwap", (event) => {
  const { requestConfig, xhr } = event.detail;
  if (!QUEUED.has(requestConfig.elt.id) || sent === changed) return;
  event.detail.shouldSwap = false;
  const version = /id="version"[^>]*\svalue="(\d+)"/.exec(xhr.responseText);
  if (version && !xhr.getResponseHeader("AssetLink-Stale")) document.getElementById("version").value = version[1];
});

// What is being written in a field, and not sent yet, stays there when the form is replaced under it.
let writing = null;
const restored = new Set();
const typed = new Set(); // of these, what follows each key has to hear it again
// A field that adds its value to others has been sent with it: it comes back empty for the next one.
const adding = new Map();
const added = (field) => field.matches("[data-adds]") && adding.get(field.id) === field.value;

// It is sent when its own value is meant, not half written with another setting.
const means = (event, field) => event?.target === field || (event?.type === "submit" && document.activeElement === field);

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.elt.id !== "settings") return;
  for (const field of document.querySelectorAll("#settings [data-adds]")) {
    if (document.activeElement !== field || means(detail.triggeringEvent, field)) {
      adding.set(field.id, field.value);
      continue;
    }
    adding.delete(field.id);
    // The values that were added before have the same name.
    detail.formData.delete(field.name);
    for (const { value } of document.querySelectorAll(`#settings [name="${field.name}"]:checked`)) detail.formData.append(field.name, value);
  }
});

// A field that is taken away with the focus in it is left by nobody.
let swapping = false;
for (const name of ["htmx:afterSwap", "htmx:afterOnLoad", "htmx:swapError"]) {
  document.addEventListener(name, () => { swapping = false; });
}

document.addEventListener("htmx:beforeSwap", () => {
  swapping = true;
  const field = document.activeElement;
  const text = field?.matches("#settings input[type=text], #settings input[type=number], .alt textarea") && field.value !== field.defaultValue;
  writing = text && !added(field) ? { id: field.id, value: field.value, from: field.selectionStart, to: field.selectionEnd } : null;
});
document.addEventListener("htmx:afterSwap", () => {
  const field = writing && document.getElementById(writing.id);
  if (!field || field.value === writing.value) return;
  field.value = writing.value;
  if (writing.from !== null) field.setSelectionRange(writing.from, writing.to); // a number has no caret to set
  restored.add(field.id);
  typed.add(field.id);
});
document.addEventListener("htmx:afterSettle", () => {
  for (const id of typed) document.getElementById(id)?.dispatchEvent(new Event("input", { bubbles: true }));
  typed.clear();
});

function sendRestored({ target }) {
  if (swapping || !restored.delete(target.id) || target.value === target.defaultValue) return;
  target.dispatchEvent(new Event("change", { bubbles: true })); // the browser takes what was restored for what was there
}

document.addEventListener("focusout", sendRestored);
document.addEventListener("keydown", (event) => { if (event.key === "Enter") sendRestored(event); });
