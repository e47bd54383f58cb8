// What was ticked otherwise stays when the filter shows other pairs, and is sent with those in sight.
const FORM = "#there-pairs form";
const ticked = new Map();
const boxes = () => [...document.querySelectorAll(`${FORM} [name=adopt]`)];

document.addEventListener("change", ({ target }) => {
  if (!target.matches(`${FORM} [name=adopt]`)) return;
  if (target.checked === target.defaultChecked) ticked.delete(target.value);
  else ticked.set(target.value, target.checked);
});
document.addEventListener("htmx:afterSwap", () => {
  for (const box of boxes()) box.checked = ticked.get(box.value) ?? box.checked;
});
document.addEventListener("formdata", ({ target, formData }) => {
  if (!target.matches(FORM)) return;
  const drawn = new Set(boxes().map((box) => box.value));
  const away = [...ticked].filter(([value]) => !drawn.has(value));
  formData.append("shown", away.map(([value]) => value).join());
  for (const [value, adopt] of away) if (adopt) formData.append("adopt", value);
});
