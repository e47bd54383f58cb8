// A report that was asked for on this page is downloaded as soon as it is written; its progress is announced at quarters.
const wanted = new Map();

function announce(text) {
  document.dispatchEvent(new CustomEvent("announce", { detail: text }));
}

function look(card) {
  const name = card.dataset.report;
  if (!wanted.has(name)) return;
  const quarter = Math.floor(Number(card.dataset.percent ?? 0) / 25) * 25;
  if (card.dataset.state === "busy") {
    if (quarter > wanted.get(name)) announce(`${name}: ${quarter} %`);
    wanted.set(name, quarter);
    return;
  }
  wanted.delete(name);
  if (card.dataset.state === "ready") {
    announce(card.dataset.ready);
    card.querySelector("a")?.click();
  } else {
    announce(card.querySelector(".problem")?.textContent ?? "");
  }
}

document.addEventListener("submit", (event) => {
  const card = event.target.closest("[data-report]");
  if (!card) return;
  wanted.set(card.dataset.report, 0);
  announce(card.dataset.writing);
});

document.addEventListener("htmx:afterSettle", () => document.querySelectorAll("[data-report]").forEach(look));
