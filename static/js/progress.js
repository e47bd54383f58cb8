// A run's progress: asked for often at first and seldom in the background, announced at quarters, at the first failure, at the
// first unconfirmed change and at the end; not at every tick. Nothing of it is kept here: the server's fragment says everything.
const SOON = 1000, LATER = 2000, HIDDEN = 5000, EAGER = 10000;
const began = performance.now();
let announced = 0;
const heard = new Set();
let timer;

// What is not well so far, in words: "2 failed, 1 unconfirmed".
function problems(progress) {
  const counts = { failed: Number(progress.dataset.failed), unconfirmed: Number(progress.dataset.unconfirmed) };
  const found = Object.keys(counts).filter((kind) => counts[kind]);
  const news = found.some((kind) => !heard.has(kind));
  found.forEach((kind) => heard.add(kind));
  return { news, text: found.map((kind) => `${counts[kind]} ${kind}`).join(", ") };
}

function announce(text) {
  document.dispatchEvent(new CustomEvent("announce", { detail: text }));
}

function pace() {
  if (document.hidden) return HIDDEN;
  return performance.now() - began < EAGER ? SOON : LATER;
}

function poll() {
  clearTimeout(timer);
  const progress = document.getElementById("progress");
  if (!progress) return;
  progress.dispatchEvent(new Event("poll"));
  timer = setTimeout(poll, pace());
}

function watch() {
  const progress = document.getElementById("progress");
  if (!progress) return;
  const quarter = Math.floor(Number(progress.dataset.percent) / 25) * 25;
  const { news, text } = problems(progress);
  if (news) announce(`${text} so far. The run goes on.`);
  else if (quarter > announced) announce(`${quarter} %`);
  announced = Math.max(announced, quarter);
}

function begin() {
  const progress = document.getElementById("progress");
  const percent = Number(progress.dataset.percent);
  const { text } = problems(progress);
  const title = document.getElementById("progress-title").textContent;
  announce([`${title}: ${percent} %`, text ? `${text} so far` : ""].filter(Boolean).join(", "));
  announced = Math.floor(percent / 25) * 25;
  timer = setTimeout(poll, pace());
  document.addEventListener("visibilitychange", poll);
}

// The end of a run reloads the page, and only then its result is announced without being asked for. What had the focus is gone.
const result = document.getElementById("result");
if (result && performance.getEntriesByType("navigation")[0]?.type === "reload") {
  announce(result.dataset.announce);
  if (document.activeElement === document.body) document.getElementById("run-heading").focus({ preventScroll: true });
}
if (document.getElementById("progress")) begin();

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id === "progress") watch();
});
