// A click that leads to another page gets there: a fragment that has the page loaded again meanwhile would take the click back.
// What asks for that is polled, so it asks again should nothing come of the way (a download, a server that does not answer).
const PATIENCE = 15_000;
let until = 0;

addEventListener("beforeunload", () => { until = performance.now() + PATIENCE; });
addEventListener("pageshow", () => { until = 0; });
document.addEventListener("htmx:beforeOnLoad", (event) => {
  if (performance.now() < until && event.detail.xhr.getResponseHeader("HX-Refresh")) event.preventDefault();
});
