// What a person opened stays open when a part of the page is drawn anew.
let open = new Set();

document.addEventListener("htmx:beforeSwap", () => {
  open = new Set([...document.querySelectorAll("details[id][open]:not(.unlinked)")].map((one) => one.id));
});

document.addEventListener("htmx:afterSwap", () => {
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
});
