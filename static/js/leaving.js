// A click that leads to another page gets there: a fragment that has the page loaded again meanwhile would take the click back.
// What asks for that is polled, so it asks again should nothing come of the way (a download, a server that does not answer).
const PATIENCE = 15_000;
let until = 0;

addEventListener("beforeunload", () => { until = performance.now() + PATIENCE; });
addEventListener("pageshow", () => { until = 0; });
document.addEventListener("htmx:beforeOnLoad", (event) => {
  if (performance.now() < until && event.detail.xhr.getResponseHeader("HX-Refresh")) event.preventDefault();
});

// Another language has the page loaded again, unless that would lose what a person typed or could not save, or would send the form
// again that the page is the answer to. It then begins with the next page.
const typed = (field) => field.matches("textarea, input:not([type=hidden], [type=checkbox], [type=radio])") && field.value !== field.defaultValue;
const atWork = () => document.querySelector("[data-sent-page], [data-unsaved]") || [...document.querySelectorAll('form[method="post"] :is(input, textarea), .alt textarea')].some(typed);

document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { elt, xhr } = event.detail;
  if (elt.name !== "language" || !xhr.getResponseHeader("HX-Refresh") || !atWork()) return;
  event.preventDefault();
  const later = document.getElementById("language-later");
  later.hidden = false;
  document.dispatchEvent(new CustomEvent("announce", { detail: later.textContent }));
});
