// What was chosen while the page was still loading its scripts was heard by nobody: it is sent as soon as they are there. Only of
// forms that the browser does not fill in by itself (autocomplete="off"): there, what differs was chosen by a person.
const given = (select) => [...select.options].filter((option) => option.defaultSelected);
const differs = (field) => {
  if (field.matches("[type=checkbox], [type=radio]")) return field.checked !== field.defaultChecked;
  if (field.matches("select")) return field.value !== (given(field).at(-1) ?? field.options[0])?.value;
  return field.matches("input:not([type=hidden]), textarea") && field.value !== field.defaultValue;
};

document.addEventListener("htmx:load", () => {
  for (const form of document.querySelectorAll('form[autocomplete="off"][hx-trigger*="submit"]')) {
    if ([...form.elements].some(differs)) form.requestSubmit();
  }
}, { once: true });
