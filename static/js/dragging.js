// Drag and drop within a group, by mouse, pen or touch; every move can be made by buttons, too. A mouse drags a picture at
// once, a finger after holding it, for otherwise it scrolls.
const MOVED = 6;
const HELD = 350;
const EDGE = 60;
const FIXED = ".tile-swatch, :has(> td > .shot-swatch)"; // what stands in no gallery has no place in its order
let drag = null;

function begin(event) {
  const from = event.target.closest?.(".pic, .shot");
  const row = from?.closest("[data-list=free] > [data-a]");
  if (!row || row.matches(FIXED) || event.button !== 0 || drag || !event.isPrimary) return;
  const held = event.pointerType === "touch";
  drag = { row, list: row.parentElement, next: row.nextElementSibling, x: event.clientX, y: event.clientY, id: event.pointerId, held };
  if (held) drag.timer = setTimeout(lift, HELD);
}

function lift() {
  if (!drag) return;
  drag.lifted = true;
  drag.row.classList.add("dragged");
  const picture = drag.row.querySelector("img");
  const ghost = picture.cloneNode();
  ghost.removeAttribute("id");
  ghost.className = "ghost";
  document.body.append(ghost);
  drag.ghost = ghost;
  follow(drag.x, drag.y);
}

function follow(x, y) {
  drag.ghost.style.translate = `${x - 28}px ${y - 28}px`;
  drag.at = [x, y];
}

function over(x, y) {
  const row = document.elementFromPoint(x, y)?.closest("[data-a]");
  if (!row || row === drag.row || row.matches(FIXED) || row.parentElement !== drag.list) return;
  const box = row.getBoundingClientRect();
  const after = row.matches("tr") ? y > box.top + box.height / 2 : x > box.left + box.width / 2;
  if ((after ? row.nextElementSibling : row) !== drag.row) drag.list.insertBefore(drag.row, after ? row.nextElementSibling : row);
}

function scroll() {
  if (!drag?.lifted) return;
  const [x, y] = drag.at;
  const strip = drag.list.parentElement.getBoundingClientRect(); // what does not fit in its line scrolls, too
  const step = near(y, Math.max(0, document.getElementById("top").getBoundingClientRect().bottom), innerHeight);
  const aside = drag.row.matches("tr") ? 0 : near(x, strip.left, strip.right);
  if (aside) drag.list.parentElement.scrollBy(aside, 0);
  else if (step && drag.row.matches("tr")) scrollBy(0, step);
  if (aside || step) over(x, y);
  requestAnimationFrame(scroll);
}

function near(at, from, to) {
  return at < from + EDGE ? -12 : at > to - EDGE ? 12 : 0;
}

function move(event) {
  if (!drag || event.pointerId !== drag.id) return;
  const far = Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > MOVED;
  if (!drag.lifted) {
    if (!far) return;
    if (drag.held) return drop(false);
    lift();
    requestAnimationFrame(scroll);
  }
  follow(event.clientX, event.clientY);
  over(event.clientX, event.clientY);
}

function drop(done) {
  if (!drag) return;
  const { row, list, next, lifted, ghost, timer } = drag;
  clearTimeout(timer);
  drag = null;
  if (!lifted) return;
  ghost.remove();
  row.classList.remove("dragged");
  addEventListener("click", swallow, true); // a drag ends in a click, which would exclude the picture
  setTimeout(() => removeEventListener("click", swallow, true));
  if (!done) return list.insertBefore(row, next);
  if (row.nextElementSibling === next) return;
  const value = [...list.querySelectorAll(":scope > [data-a]")].indexOf(row) + 1;
  const element = row.querySelector("[data-do$=clude]");
  document.dispatchEvent(new CustomEvent("arrange", { detail: { element, fields: { do: "move", value } } }));
}

function swallow(event) {
  event.preventDefault();
  event.stopPropagation();
}

document.addEventListener("pointerdown", begin);
document.addEventListener("pointermove", move);
document.addEventListener("pointerup", () => drop(true));
document.addEventListener("pointercancel", () => drop(false));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !drag?.lifted) return;
  event.preventDefault();
  drop(false);
});
document.addEventListener("dragstart", (event) => { if (event.target.closest?.(".pic, .shot")) event.preventDefault(); });
document.addEventListener("contextmenu", (event) => { if (drag?.held) event.preventDefault(); });
document.addEventListener("touchmove", (event) => { if (drag?.lifted) event.preventDefault(); }, { passive: false });
