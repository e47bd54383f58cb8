// What was done while the page was still loading its scripts reached no listener: it is dispatched again as soon as they are there.
// Choices are, of forms that save themselves and that the browser does not fill in (autocomplete="off"): there, what differs was
// chosen by a person. And so is what was opened.
const given = (select) => [...select.options].filter((option) => option.defaultSelected);
const differs = (field) => {
  if (field.matches("[type=checkbox], [type=radio]")) return field.checked !== field.defaultChecked;
  if (field.matches("select")) return field.value !== (given(field).at(-1) ?? field.options[0])?.value;
  return field.matches("input:not([type=hidden]), textarea") && field.value !== field.defaultValue;
};

document.addEventListener("htmx:load", () => {
  for (const form of document.querySelectorAll('form[autocomplete="off"][hx-trigger*="change"]')) {
    if ([...form.elements].some(differs)) form.requestSubmit();
  }
  for (const opened of document.querySelectorAll("details[open], [popover]:popover-open")) {
    opened.dispatchEvent(new Event("toggle"));
    // The presets are loaded by the button that opens their popover.
    if (opened.id) document.querySelector(`[popovertarget="${opened.id}"][hx-get]`)?.dispatchEvent(new Event("opened"));
  }
}, { once: true });
