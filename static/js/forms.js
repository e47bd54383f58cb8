// A form that navigates is sent once, however often its button is pressed. (The server makes one run of it in any case.)
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-disabled", "true");
});

// Back from the next page, the browser may show this one as it was left.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.querySelector("[aria-disabled]")?.removeAttribute("aria-disabled");
  }
});

// What was wrong with a field was said of what was sent: it goes as soon as that is changed. Fields that are judged together lose
// what is said of any of them.
const answered = (event) => {
  const place = event.target.closest?.("[data-errors-together], .field, .tick:not(fieldset *)");
  for (const error of place?.querySelectorAll(".error[id$='_error']") ?? []) {
    for (const field of place.parentElement.querySelectorAll(`[aria-describedby~='${error.id}']`)) {
      field.removeAttribute("aria-invalid");
      const others = field.getAttribute("aria-describedby").split(/\s+/).filter((id) => id !== error.id);
      if (others.length) field.setAttribute("aria-describedby", others.join(" "));
      else field.removeAttribute("aria-describedby");
    }
    error.remove();
  }
};
document.addEventListener("input", answered);
document.addEventListener("change", answered);
