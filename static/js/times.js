// Times come in UTC; people read them in their own zone and language.
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

function localise() {
  for (const time of document.querySelectorAll("time[data-local]")) {
    time.title = time.textContent;
    time.textContent = (time.dataset.local === "time" ? clock : format).format(new Date(time.dateTime));
    delete time.dataset.local;
  }
}

localise();
document.addEventListener("htmx:afterSettle", localise);
