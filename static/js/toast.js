// The last change can be taken back as long as its toast stands: ten seconds, or as long as somebody is at it.
const STANDS = 10_000;
let timer = 0;

const toast = () => document.getElementById("toast");
const isOver = () => Boolean(toast()?.matches(":popover-open"));
const held = () => toast()?.matches(":hover, :focus-within");

function wait() {
  clearTimeout(timer);
  timer = setTimeout(() => (held() ? wait() : dismiss()), STANDS);
}

function dismiss() {
  clearTimeout(timer);
  toast()?.replaceChildren();
  if (isOver()) toast().hidePopover();
}

// Over a popover that is open. It takes no focus, and closes no other one.
document.addEventListener("htmx:oobAfterSwap", () => {
  if (!toast()?.childElementCount) return;
  if (!isOver()) toast().showPopover();
  wait();
});

// What is opened or shown again while it stands lies under it, too.
document.addEventListener("toggle", ({ target, newState }) => {
  if (newState !== "open" || target === toast() || !target.popover || !isOver()) return;
  toast().hidePopover();
  toast().showPopover();
}, true);

document.addEventListener("click", ({ target }) => {
  if (target.id !== "toast-close") return;
  dismiss();
  document.getElementById("groups-title")?.focus();
});

document.addEventListener("keydown", (event) => {
  const undo = document.getElementById("undo");
  if (!undo || event.key.toLowerCase() !== "z" || event.shiftKey || event.altKey || !(event.ctrlKey || event.metaKey)) return;
  if (event.target.closest("textarea, select, input:not([type=checkbox], [type=radio])")) return;
  event.preventDefault();
  undo.click();
});
