// The page's one live region, which is there from the start: whoever has something to say sends the event "announce".
const live = document.getElementById("live");
const trouble = document.getElementById("trouble");

function say(text) {
  live.textContent = "";
  requestAnimationFrame(() => { live.textContent = text; });
}

function complain(text) {
  trouble.textContent = text;
  trouble.hidden = !text;
  if (text) say(text);
}

document.addEventListener("announce", (event) => say(event.detail.value ?? event.detail));
document.addEventListener("htmx:sendError", () => complain("AssetLink cannot be reached. It is tried again; if this stays, load the page again."));
document.addEventListener("htmx:responseError", (event) => complain(
  event.detail.xhr.status === 429 ? event.detail.xhr.responseText : event.detail.xhr.status === 403
    ? "This page is from an earlier session: nothing was saved. Load the page again."
    : "AssetLink met an error of its own, and the last change may not be saved. Load the page again.",
));
document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful && !trouble.hidden) complain(""); });
