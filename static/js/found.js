// A list that follows its filter: what was found is told, once it is there.
document.addEventListener("htmx:afterSwap", (event) => {
  const found = event.target.id === "found" ? document.getElementById("found") : null;
  if (found) document.dispatchEvent(new CustomEvent("announce", { detail: found.dataset.announce }));
});
