// The page's one live region, which is there from the start: whatever has something to say sends the event "announce".
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

// What the app says of itself is plain text; a proxy's page is none.
function said(xhr) {
  const plain = (xhr.getResponseHeader("Content-Type") ?? "").startsWith("text/plain");
  if (plain && [400, 413, 429, 503].includes(xhr.status)) return xhr.responseText;
  return xhr.status === 403
    ? "This page is from an earlier session: nothing was saved. Load the page again."
    : "AssetLink met an error of its own, and the last change may not be saved. Load the page again.";
}

document.addEventListener("announce", (event) => say(event.detail.value ?? event.detail));
document.addEventListener("htmx:sendError", () => complain("AssetLink cannot be reached. It is tried again; if this stays, load the page again."));
document.addEventListener("htmx:responseError", (event) => complain(said(event.detail.xhr)));
document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful && !trouble.hidden) complain(""); });
