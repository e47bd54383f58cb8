// Alt texts: how long a text gets while it is written, what belongs together, and nothing written is lost when a part of the
// page is drawn again. What is decided goes to the server by arrange.js.
const ADVISED = 125;
const kept = new Map(); // id of a field -> what a person wrote or chose in it and did not send
let wanted = false; // the proposals were asked for before they were there
let last = null; // the proposal that was decided on: its place in the list, and how
let later = 0;

// On Link to Products it is a popover, on Upload to Store Files a part of the page that opens.
const alts = () => document.getElementById("alts");
const isOpen = () => Boolean(alts()?.matches("[open], :popover-open"));
const open = () => {
  if (!alts() || isOpen()) return;
  if (alts().matches("details")) alts().open = true;
  else alts().showPopover({ source: document.getElementById("alts-button") });
};

const part = (element) => element?.id === "alts-body" || element?.id === "captions";
const dirty = (field) => (field.tagName === "SELECT" ? field.selectedIndex > 0 : field.value !== field.defaultValue);

function count(field) {
  const shown = field.closest(".alt")?.querySelector(".alt-count");
  if (!shown) return;
  const length = field.value.trim().length;
  shown.textContent = length ? textOf(length > ADVISED ? "manyCharacters" : "characters", { n: length, most: ADVISED }) : "";
  shown.classList.toggle("alt-long", length > ADVISED);
}

function follow(field) {
  if (field.dataset?.textOf) document.getElementById(field.dataset.textOf).dataset.value = field.value;
  if (field.id === "alts-field") document.getElementById("alts-fill").dataset.field = field.value;
}

function restore() {
  for (const [id, value] of kept) {
    const field = document.getElementById(id);
    if (!field || (field.tagName === "SELECT" && ![...field.options].some((option) => option.value === value))) continue;
    field.value = value;
    follow(field);
  }
  kept.clear();
}

function refocus() {
  if (!last || document.activeElement !== document.body) return;
  const rest = document.querySelectorAll(`.proposal [data-do="${last.how}"]`);
  (rest[Math.min(last.at, rest.length - 1)] ?? document.getElementById("captions-title"))?.focus();
  last = null;
}

document.addEventListener("input", ({ target }) => { if (target.matches?.(".alt-text")) { count(target); follow(target); } });
document.addEventListener("change", ({ target }) => { if (target.id === "alts-field") follow(target); });

document.addEventListener("click", (event) => {
  const button = event.target.closest?.(".captions [data-do]");
  if (button) {
    const item = button.closest(".proposal");
    last = { at: item ? [...item.parentElement.children].indexOf(item) : 0, how: button.dataset.do };
  }
  if (event.target.closest?.('a[href="#captions-title"]')) {
    event.preventDefault();
    const title = document.getElementById("captions-title");
    open();
    wanted = !title;
    title?.focus();
  }
});

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!part(detail.target)) return;
  for (const field of detail.target.querySelectorAll("textarea[id], select[id]")) if (dirty(field)) kept.set(field.id, field.value);
});

// A text that is being written is not replaced under the hand.
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const writing = document.activeElement;
  if (writing?.matches(".alt textarea") && event.detail.target.contains(writing) && dirty(writing)) event.detail.shouldSwap = false;
});

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (!part(detail.target)) return;
  restore();
  refocus();
  if (wanted && document.getElementById("captions-title")) {
    wanted = false;
    document.getElementById("captions-title").focus();
  }
});

// A text that another tab was quicker with stays in its field, beside what was saved there.
document.addEventListener("edit-refused", ({ detail: { id, value } }) => {
  const field = id && document.getElementById(id);
  if (!field?.matches(".alt-text") || field.value === value) return;
  const note = field.closest(".alt").querySelector(".alt-note");
  const conflict = Object.assign(document.createElement("span"), { className: "alt-error" });
  conflict.textContent = `${field.value ? textOf("otherTab", { text: field.value }) : textOf("otherTabNone")} `;
  const mine = button(`${id}-mine`, textOf("saveMine"), { do: "alt", at: field.dataset.at, value });
  const theirs = button(`${id}-theirs`, textOf("keepTheirs"), { theirs: id });
  field.value = value;
  note.replaceChildren(conflict, mine, " ", theirs);
});

function button(id, text, data) {
  const made = Object.assign(document.createElement("button"), { id, type: "button", className: "alt-do", textContent: text });
  Object.assign(made.dataset, data);
  return made;
}

document.addEventListener("click", ({ target }) => {
  const field = target.dataset?.theirs && document.getElementById(target.dataset.theirs);
  if (!field) return;
  field.value = field.defaultValue;
  field.focus();
  document.body.dispatchEvent(new Event("list-changed"));
});

// What the AI was asked beside an asset is answered by now: also if what polled for it was replaced before it could say so.
function answered() {
  const writing = document.activeElement?.matches(".alt textarea") && dirty(document.activeElement);
  if (!writing && document.querySelector(".alt-asked")) document.body.dispatchEvent(new Event("list-changed"));
}

function drawn({ detail }) {
  if (!["alts-body", "alts-work"].includes(detail.target?.id)) return;
  const work = document.getElementById("alts-work");
  if (work && !work.hasAttribute("hx-trigger")) answered();
}

document.addEventListener("alts-changed", answered);
document.addEventListener("htmx:afterSwap", drawn);

document.addEventListener("alts-begun", open);

// One text after another changes the numbers: they follow when the hand rests.
document.addEventListener("alt-changed", () => {
  clearTimeout(later);
  later = setTimeout(() => { if (isOpen()) document.body.dispatchEvent(new Event("alts-changed")); }, 600);
});
