// A run's progress: asked for often at first and seldom in the background. One status line is announced: at quarters, when
// something fails or is unconfirmed for the first time, when a store begins to wait, and at the end; at most every five seconds.
// Nothing of it is kept here: the server's fragment says everything.
const SOON = 1000, LATER = 2000, HIDDEN = 5000, EAGER = 10000, QUIET = 5000;
const began = performance.now();
let quarter = 0, waiting = "";
const heard = new Set();
let timer;

// Whether something of a kind that was not there before is not well.
function isNews(progress) {
  const found = ["failed", "unconfirmed"].filter((kind) => Number(progress.dataset[kind]));
  const news = found.some((kind) => !heard.has(kind));
  found.forEach((kind) => heard.add(kind));
  return news;
}

function announce(text) {
  document.dispatchEvent(new CustomEvent("announce", { detail: text }));
}

// What is to be said, once the line before has had its time: nothing of it is lost to what comes meanwhile.
const lines = new Map();
let due, last = -QUIET;
function tell(kind, text) {
  lines.set(kind, text);
  clearTimeout(due);
  due = setTimeout(() => {
    last = performance.now();
    announce(["news", "status"].map((one) => lines.get(one)).filter(Boolean).join(" "));
    lines.clear();
  }, Math.max(0, last + QUIET - performance.now()));
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
  const { percent, status } = progress.dataset;
  const reached = Math.floor(Number(percent) / 25) * 25;
  const waits = progress.querySelector(".now-wait")?.textContent ?? "";
  if (isNews(progress)) tell("news", `${progress.dataset.news} ${progress.dataset.goesOn}`);
  if (reached > quarter || (waits && !waiting)) tell("status", status);
  quarter = Math.max(quarter, reached);
  waiting = waits;
}

// How long ago a gallery was done: the page is drawn again every second or two, so nothing else has to count.
function ages() {
  const { seconds: inSeconds, minutes: inMinutes } = document.getElementById("progress").dataset;
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const seconds = Math.max(0, Math.round((Date.now() - new Date(time.dateTime)) / 1000));
    time.title = time.textContent;
    time.textContent = seconds < 60 ? inSeconds.replace("{n}", seconds) : inMinutes.replace("{n}", Math.floor(seconds / 60));
  }
}

function begin() {
  const progress = document.getElementById("progress");
  isNews(progress);
  tell("status", [progress.dataset.status, progress.dataset.news].filter(Boolean).join(" "));
  quarter = Math.floor(Number(progress.dataset.percent) / 25) * 25;
  waiting = progress.querySelector(".now-wait")?.textContent ?? "";
  timer = setTimeout(poll, pace());
  document.addEventListener("visibilitychange", poll);
  ages();
}

// The end of a run reloads the page, and only then its result is announced without being asked for. What had the focus is gone.
const result = document.getElementById("result");
if (result && performance.getEntriesByType("navigation")[0]?.type === "reload") {
  announce(result.dataset.announce);
  if (document.activeElement === document.body) document.getElementById("run-heading").focus({ preventScroll: true });
}
if (document.getElementById("progress")) begin();

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id !== "progress") return;
  ages();
  watch();
});

// The name of a picture is its alternative text; who points at it reads it, too.
document.addEventListener("pointerover", ({ target }) => {
  if (target.matches?.(".shot > img") && !target.title) target.title = target.alt;
});
