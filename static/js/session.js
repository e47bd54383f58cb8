// What a page asks by itself is no use of the session: setup/security/sessions.py goes by the header.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb === "get" && !detail.triggeringEvent?.isTrusted) detail.headers["AssetLink-Unattended"] = "1";
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
