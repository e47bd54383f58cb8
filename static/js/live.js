// The page's one live region, which is there from the start: whatever has something to say sends the event "announce".
const live = document.getElementById("live");
const trouble = document.getElementById("trouble");
const LOOKS = 3000; // milliseconds
// A text stands for so many milliseconds before the next one takes its place, as a screen reader may drop one that is gone before
// its turn. Of those that wait the last ones count: who moves a picture ten times wants to hear where it ended.
const STANDS = 1000, MOST = 2;
const waiting = [];
let standing = false;

function say(text) {
  if (waiting.at(-1) !== text) waiting.push(text);
  waiting.splice(0, waiting.length - MOST);
  if (!standing) next();
}

function next() {
  standing = waiting.length > 0;
  if (!standing) return;
  const text = waiting.shift();
  live.textContent = "";
  requestAnimationFrame(() => { live.textContent = text; });
  setTimeout(next, STANDS);
}

function complain(text) {
  trouble.textContent = text;
  trouble.hidden = !text;
  if (text) say(text);
}

// What the app says of itself is plain text; a proxy's page is none. A look that failed has changed nothing.
function said(xhr, verb) {
  const plain = (xhr.getResponseHeader("Content-Type") ?? "").startsWith("text/plain");
  if (plain && [400, 413, 429, 503].includes(xhr.status)) return xhr.responseText;
  const { textStale, textLook, textChange } = trouble.dataset; // in the page's language
  if (xhr.status === 403) return textStale;
  return verb === "get" ? textLook : textChange;
}

// A page that asks for nothing by itself finds out, too, when what was away is back.
let looking;
async function lookAgain() {
  clearTimeout(looking);
  const answer = await fetch("/readyz", { cache: "no-store" }).catch(() => null);
  if (answer?.ok) complain("");
  else looking = setTimeout(lookAgain, LOOKS);
}

function away(text) {
  complain(text);
  clearTimeout(looking);
  looking = setTimeout(lookAgain, LOOKS);
}

document.addEventListener("announce", (event) => say(event.detail.value ?? event.detail));
document.addEventListener("htmx:sendError", ({ detail }) => away(detail.requestConfig.verb === "get"
  ? trouble.dataset.textAwayLook
  : trouble.dataset.textAwayChange));
document.addEventListener("htmx:responseError", ({ detail }) => {
  const text = said(detail.xhr, detail.requestConfig.verb);
  if (detail.xhr.status === 503) away(text);
  else complain(text);
});
document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful && !trouble.hidden) { clearTimeout(looking); complain(""); } });
