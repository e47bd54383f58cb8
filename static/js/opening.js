// After a launch: go on if the browser kept the cookie, otherwise offer a tab of its own.
const opening = document.getElementById("opening");
const offer = document.getElementById("no-cookie");

let kept = false;
try {
  kept = (await fetch(opening.dataset.probe, { cache: "no-store" })).ok;
} catch {
  kept = true; // the network, not the cookie: the next page will tell
}
if (kept) {
  location.replace(opening.dataset.next);
} else {
  opening.remove();
  offer.hidden = false;
  document.getElementById("open-tab").focus();
}
