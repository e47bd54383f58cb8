// Settings are saved one after another, so that an older choice can never be kept over a newer one. htmx queues the newer;
// here the answer to the older is not shown any more: it would put the form back to what it was.
let changed = 0;
let sent = 0;

document.addEventListener("change", (event) => { if (event.target.closest("#settings")) changed += 1; }, true);
document.addEventListener("htmx:configRequest", (event) => { if (event.detail.elt.id === "settings") sent = changed; });
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.requestConfig.elt.id === "settings" && sent !== changed) event.detail.shouldSwap = false;
});
