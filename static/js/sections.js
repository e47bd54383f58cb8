// Sections of the Setup page: whether what is seen is saved, and no answer to an older state over a newer one.
const changes = new WeakMap(); // form -> [changed, sent]

const form = (element) => element.closest?.("form[data-section]");
// Requests of the section itself; what a part of it asks for by itself saves nothing.
const saving = (element) => (element.matches?.("form[data-section]") ? element : null);
// In the page's language.
const words = (element) => element.closest("#sections").dataset;
const count = (section) => changes.get(section) ?? changes.set(section, [0, 0]).get(section);

function tell(section, text, tone = "") {
  const state = document.getElementById(`${section.id}-state`);
  if (!state) return;
  state.textContent = text;
  state.className = `save-state${tone && ` save-state-${tone}`}`;
}

function announce(root) {
  const text = root.dataset.announce ?? root.querySelector("[data-announce]")?.dataset.announce;
  if (text) document.dispatchEvent(new CustomEvent("announce", { detail: text }));
}

document.addEventListener("change", (event) => { if (form(event.target)) count(form(event.target))[0] += 1; }, true);
document.addEventListener("input", (event) => { if (form(event.target)) tell(form(event.target), words(event.target).textChanged); });

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (!saving(detail.elt)) return;
  const known = count(detail.elt);
  known[1] = known[0];
});

document.addEventListener("htmx:beforeRequest", ({ detail }) => { if (saving(detail.elt)) tell(detail.elt, words(detail.elt).textSaving); });

document.addEventListener("htmx:beforeSwap", (event) => {
  const section = saving(event.detail.requestConfig.elt);
  if (!section || count(section)[0] === count(section)[1]) return;
  event.detail.shouldSwap = false;
  if (event.detail.xhr.status === 200) redraw(section, event.detail.xhr.responseText);
});

// What was just saved is what the next change is made on: without this, a person would overtake themselves.
function redraw(section, html) {
  const answer = new DOMParser().parseFromString(html, "text/html");
  for (const old of section.querySelectorAll("input[name^='initial-']")) {
    const fresh = answer.getElementById(old.id);
    if (fresh) old.value = fresh.value;
    else old.remove();
  }
  for (const fresh of answer.querySelectorAll("input[name^='initial-']")) {
    if (!document.getElementById(fresh.id)) document.getElementById(fresh.parentElement.id)?.append(fresh);
  }
}

// A look at Cloudinary shows sections again as they were when it began: what somebody changed since stays.
const looked = new WeakMap(); // form -> how often it had been changed when the look began

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (!detail.elt.closest("#prepare")) return;
  for (const section of document.querySelectorAll("form[data-section]")) looked.set(section, count(section)[0]);
});
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const section = form(event.detail.target);
  if (section && looked.get(section) !== count(section)[0]) event.detail.shouldSwap = false;
});

for (const name of ["htmx:sendError", "htmx:responseError"]) {
  document.addEventListener(name, ({ detail }) => { if (saving(detail.elt)) tell(detail.elt, words(detail.elt).textFailed, "bad"); });
}

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const shown = document.getElementById(detail.target.id);
  if (!shown) return;
  announce(shown);
  shown.querySelector("[data-focus]")?.focus();
});
