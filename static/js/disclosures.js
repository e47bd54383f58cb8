// What a person opened stays open when a part of the page is replaced, and what has the focus in it keeps that: the fresh part
// is drawn closed, and nothing in it could be focused.
let open = new Set();
let focused = "";

document.addEventListener("htmx:beforeSwap", () => {
  open = new Set([...document.querySelectorAll("details[id][open]:not(.unlinked)")].map((one) => one.id));
  focused = document.activeElement?.closest("details") ? document.activeElement.id : "";
});

document.addEventListener("htmx:afterSwap", () => {
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus({ preventScroll: true });
});
