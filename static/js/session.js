// What a page asks by itself is no use of the session: setup/security/sessions.py goes by the header.
// What it posts by itself it posts by a clock; what a script posts otherwise, somebody has done.
const byClock = (element) => element.matches("[hx-trigger^='load'], [hx-trigger^='every']");
document.addEventListener("htmx:configRequest", ({ detail: { verb, elt, headers, triggeringEvent } }) => {
  if (!triggeringEvent?.isTrusted && (verb === "get" || byClock(elt))) headers["AssetLink-Unattended"] = "1";
});

// Who has pressed "Stay signed in" goes on where they were.
const notice = () => document.getElementById("session");
let place;
document.addEventListener("focusin", ({ target }) => { if (!notice()?.contains(target)) place = target; });
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id !== "session" || !notice()?.contains(document.activeElement)) return;
  document.addEventListener("htmx:afterSwap", () => {
    (place?.isConnected ? place : document.getElementById("main")).focus();
  }, { once: true });
});
