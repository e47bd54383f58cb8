// A picture that cannot be loaded gives way to a quiet placeholder, and its address is not asked for again: neither when its part of
// the page is drawn again, nor as one scrolls.
const PLACEHOLDER = new URL("../img/unavailable.svg", import.meta.url).href;
const unavailable = new Set();
const watcher = new MutationObserver((changes) => {
  for (const { addedNodes } of changes) for (const node of addedNodes) if (node.nodeType === Node.ELEMENT_NODE) replaceIn(node);
});

function replaceIn(part) {
  for (const image of part.matches("img") ? [part] : part.querySelectorAll("img")) {
    if (unavailable.has(image.src)) replace(image);
  }
}

function replace(image) {
  image.classList.add("unavailable");
  image.src = PLACEHOLDER;
}

function failed(image) {
  if (!image.src || image.src === PLACEHOLDER) return;
  if (!unavailable.size) watcher.observe(document.body, { childList: true, subtree: true });
  unavailable.add(image.src);
  replaceIn(document.body); // an asset may be in several groups
}

// Errors do not bubble. Those before this script was there left a picture that is complete, and empty.
document.addEventListener("error", ({ target }) => { if (target instanceof HTMLImageElement) failed(target); }, true);
for (const image of document.images) if (image.complete && image.src && !image.naturalWidth) failed(image);
