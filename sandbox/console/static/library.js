// What is shown and what is selected. What is hidden by a filter stays selected, as in a file manager's search.
"use strict";

const library = (() => {
  const cards = [...document.querySelectorAll("#grid li")];
  const boxes = cards.map((card) => card.querySelector("input"));
  const search = document.getElementById("search");
  let anchor = null; // where a range begins

  const plural = (count, word) => `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;
  const shownBoxes = () => boxes.filter((box, at) => !cards[at].hidden);
  const selected = () => boxes.filter((box) => box.checked).map((box) => box.value);
  const wish = (name) => document.querySelector(`input[name="${name}"]:checked`).value;

  function showCount() {
    const count = selected().length;
    const status = document.getElementById("selected");
    status.hidden = document.getElementById("none").hidden = count === 0;
    status.textContent = count ? `${count.toLocaleString("en")} selected` : "";
  }

  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const type = wish("type");
    const folder = wish("folder");
    let count = 0;
    for (const card of cards) {
      const inFolder = folder === "*" || card.dataset.folder === folder || (folder && card.dataset.folder.startsWith(`${folder}/`));
      const fits = inFolder && (!type || card.dataset.type === type) && words.every((word) => card.dataset.text.includes(word));
      card.hidden = !fits;
      count += fits;
    }
    document.getElementById("shown").textContent = plural(count, "asset");
    document.getElementById("nothing").hidden = count > 0;
  }

  function select(some, checked) {
    for (const box of some) box.checked = checked;
    showCount();
  }

  document.getElementById("grid").addEventListener("click", (event) => {
    const box = event.target;
    if (box.type !== "checkbox") return; // a click on the card comes back as a click on its checkbox
    const shown = shownBoxes();
    if (event.shiftKey && anchor && shown.includes(anchor)) {
      const [from, to] = [shown.indexOf(anchor), shown.indexOf(box)].sort((a, b) => a - b);
      select(shown.slice(from, to + 1), box.checked);
    }
    anchor = box;
    showCount();
  });

  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input[type=search], select") || document.querySelector("dialog[open]");
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a" && !typing) {
      event.preventDefault();
      select(shownBoxes(), true);
    }
  });

  search.addEventListener("input", filter);
  for (const radio of document.querySelectorAll(".filters input")) radio.addEventListener("change", filter);
  document.getElementById("all").addEventListener("click", () => select(shownBoxes(), true));
  document.getElementById("none").addEventListener("click", () => select(boxes, false));
  document.getElementById("environment")?.addEventListener("change", (event) => {
    location.search = new URLSearchParams({ environment: event.target.value });
  });
  filter(); // browsers put back what was typed and ticked before a reload
  showCount();

  return { selected, selectAll: () => select(shownBoxes(), true), clear: () => select(boxes, false), plural };
})();
