// One answer may swap many parts, and htmx says so for each of them, and for those before it again: some forty times after a move.
// Who follows what is on the page listens to "swapped": it comes once for all of them, before anything is painted.
let waiting = false;

function tell() {
  waiting = false;
  document.dispatchEvent(new Event("swapped"));
}

for (const name of ["htmx:afterSwap", "htmx:oobAfterSwap"]) {
  document.addEventListener(name, () => {
    if (!waiting) queueMicrotask(tell);
    waiting = true;
  });
}
