// The menu of actions, by mouse and by keyboard: https://www.w3.org/WAI/ARIA/apg/patterns/menu-button/
"use strict";

(() => {
  const opener = document.getElementById("more");
  const menu = document.getElementById("actions");
  const items = [...menu.querySelectorAll("[role=menuitem]")];

  function open(at = 0) {
    menu.hidden = false;
    opener.setAttribute("aria-expanded", "true");
    items.at(at).focus();
  }

  function close(back = true) {
    menu.hidden = true;
    opener.setAttribute("aria-expanded", "false");
    if (back) opener.focus();
  }

  opener.addEventListener("click", () => (menu.hidden ? open() : close()));
  opener.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      open(event.key === "ArrowDown" ? 0 : -1);
    }
  });
  menu.addEventListener("keydown", (event) => {
    const at = items.indexOf(document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      items.at(next % items.length).focus();
    } else if (event.key === "Escape") {
      close();
    } else if (event.key === "Tab") {
      close(false);
    }
  });
  menu.addEventListener("click", (event) => {
    const action = event.target.closest("[data-action]")?.dataset.action;
    if (!action) return;
    close();
    if (action === "launch") launch();
    if (action === "all") library.selectAll();
    if (action === "none") library.clear();
  });
  document.addEventListener("click", (event) => {
    if (!menu.hidden && !event.target.closest(".menu")) close(false);
  });
})();
