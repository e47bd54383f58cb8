// What is done while the page is still loading its scripts would reach no listener, or some of them only. It waits, and is done once
// they are there. So this script runs before anything is drawn, and is no module. What a browser does by itself waits for nothing:
// following links, opening popovers, and sending a form that leads to another page, unless something before it has to wait.
{
  const OPENING = "[popovertarget]:not([popovertarget=group-menu], [popovertarget=answer-pop])"; // these two are filled by a script
  const SCRIPTED = "[hx-get], [hx-post], [data-passkey]";
  const SAVING = 'form[autocomplete="off"][hx-trigger*="change"]'; // and what the browser does not fill in
  const FORMS = `${SAVING}, form[autocomplete="off"][hx-trigger="submit"]`; // there, what differs was chosen by a person
  const chosen = new Set(); // fields
  const pressed = new Map(); // button or form -> how that is done again; twice is meant once, as nothing seemed to happen

  const given = (select) => [...select.options].filter((option) => option.defaultSelected);
  const differs = (field) => {
    if (field.matches("[type=checkbox], [type=radio]")) return field.checked !== field.defaultChecked;
    if (field.matches("select")) return field.value !== (given(field).at(-1) ?? field.options[0])?.value;
    return field.matches("input:not([type=hidden]), textarea") && field.value !== field.defaultValue;
  };
  const unsent = () => [...document.querySelectorAll(FORMS)].filter((form) => [...form.elements].some(differs));

  // Each answers whether it waits.
  const HELD = {
    click({ target }) {
      const button = target.closest?.("button");
      if (!button || button.matches(OPENING) || (button.form && button.type !== "button")) return false;
      return pressed.set(button, () => button.click());
    },
    change({ target }) {
      return !target.form?.matches(SAVING) && chosen.add(target);
    },
    submit({ target, submitter }) {
      if (!target.matches(SCRIPTED) && !pressed.size && !chosen.size && !unsent().length) return false;
      return pressed.set(target, () => target.requestSubmit(submitter));
    },
  };

  const hold = (event) => {
    if (!HELD[event.type](event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };

  // Choices go first: a run that is started behind them is to know them.
  const again = () => {
    for (const field of chosen) field.dispatchEvent(new Event("change", { bubbles: true }));
    for (const form of unsent()) {
      pressed.delete(form);
      form.requestSubmit();
    }
    for (const opened of document.querySelectorAll("details[open], [popover]:popover-open")) {
      opened.dispatchEvent(new Event("toggle"));
      // The presets are loaded by the button that opens their popover.
      if (opened.id) document.querySelector(`[popovertarget="${opened.id}"][hx-get]`)?.dispatchEvent(new Event("opened"));
    }
    for (const repeat of pressed.values()) repeat();
  };

  for (const type in HELD) addEventListener(type, hold, true);
  // At the window it comes after the document's own listeners, of which htmx is one, and so the timer runs after that of htmx.
  addEventListener("DOMContentLoaded", () => {
    for (const type in HELD) removeEventListener(type, hold, true);
    setTimeout(again);
  });
}
