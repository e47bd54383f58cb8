// A run's progress is told at quarters, at the first failure and at the end; not at every tick.
let told = 0;
let failed = false;

function announce(text) {
  document.dispatchEvent(new CustomEvent("announce", { detail: text }));
}

function watch() {
  const progress = document.getElementById("progress");
  if (!progress) return;
  const quarter = Math.floor(Number(progress.dataset.percent) / 25) * 25;
  const failures = Number(progress.dataset.failed);
  if (failures && !failed) {
    failed = true;
    announce(`${failures} failed so far. The run goes on.`);
  } else if (quarter > told) {
    told = quarter;
    announce(`${quarter} %`);
  }
}

// The end of a run reloads the page, and only then its result is told without being asked for.
const result = document.getElementById("result");
if (result && performance.getEntriesByType("navigation")[0]?.type === "reload") announce(result.dataset.announce);
if (document.getElementById("progress")) announce("The run has begun.");
document.addEventListener("htmx:afterSwap", watch);
