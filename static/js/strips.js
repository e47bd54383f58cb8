// A strip of pictures is one stop of Tab: arrows go from picture to picture, Home and End to the first and the last.
const KEYS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity };
const buttonsOf = (strip) => [...strip.querySelectorAll(":scope > ol > li > button")];

document.addEventListener("focusin", ({ target }) => {
  const strip = target.matches("button") && target.closest(".strip-box");
  if (!strip || target.tabIndex === 0) return;
  for (const one of buttonsOf(strip)) one.tabIndex = one === target ? 0 : -1;
});

document.addEventListener("keydown", (event) => {
  const strip = KEYS[event.key] && !event.ctrlKey && !event.metaKey && !event.altKey && event.target.matches("button") && event.target.closest(".strip-box");
  if (!strip) return;
  event.preventDefault();
  const all = buttonsOf(strip);
  const at = all.indexOf(event.target) + KEYS[event.key];
  all[Math.max(0, Math.min(all.length - 1, at))].focus();
});

// What was the one stop may be gone: another order, or a list that was drawn again.
for (const name of ["swapped", "ordered"]) {
  document.addEventListener(name, () => {
    for (const strip of document.querySelectorAll(".strip-box:not(:has(ol > li > button:not([tabindex='-1'])))")) {
      const [first] = buttonsOf(strip);
      if (first) first.tabIndex = 0;
    }
  });
}
