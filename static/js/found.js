// A list that follows its filter. What was found is announced once it is there.
document.addEventListener("htmx:afterSwap", ({ detail: { requestConfig }, target }) => {
  const list = requestConfig.elt.matches("[role=search]") ? document.getElementById(target.id) : null;
  const text = list?.dataset.announce;
  if (text) document.dispatchEvent(new CustomEvent("announce", { detail: text }));
});

// A search that takes its time says so at once.
document.addEventListener("htmx:beforeSend", ({ detail: { elt } }) => {
  const text = elt.matches(".find-product > [role=search]") && elt.querySelector("[data-said]").dataset.said;
  if (text) document.dispatchEvent(new CustomEvent("announce", { detail: text }));
});

// The old list goes at once: htmx takes leave of each of its elements, half a second for 500 galleries. (After what others
// remember of the old one: this comes last on a page.)
document.addEventListener("htmx:beforeSwap", ({ detail: { requestConfig, shouldSwap, target } }) => {
  const fresh = requestConfig.elt === target || requestConfig.elt.matches("[role=search]");
  const list = shouldSwap && fresh && target.matches("#found, #asset-list, #group-list");
  if (!list || target.contains(document.activeElement)) return;
  target.style.minBlockSize = `${target.offsetHeight}px`; // else the page were short for a moment, and scrolled by the browser
  target.replaceChildren();
});
