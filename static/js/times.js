// Times come in UTC; people read them in their own zone and in the page's language, as their own region writes it.
const page = document.documentElement.lang;
const language = navigator.languages.find((one) => one.split("-")[0] === page) ?? page;
const clock = new Intl.DateTimeFormat(language, { timeStyle: "short" });
const format = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });

function localise() {
  for (const time of document.querySelectorAll("time[data-local]")) {
    time.title = time.textContent;
    time.textContent = (time.dataset.local === "time" ? clock : format).format(new Date(time.dateTime));
    delete time.dataset.local;
  }
}

localise();
document.addEventListener("htmx:afterSettle", localise);
