// A button that copies what a field shows: [data-copy] names the field. A page within a frame, or without https, may have no
// clipboard; then the browser copies what is selected, or at least that stays selected.
const show = () => { for (const button of document.querySelectorAll("[data-copy][hidden]")) button.hidden = false; };
show();
document.addEventListener("htmx:afterSettle", show);
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (button) copy(button);
});

async function copy(button) {
  const field = document.getElementById(button.dataset.copy);
  const isCopied = (await written(field.value)) || selected(field, button);
  if (isCopied) button.textContent = button.dataset.copied;
  document.dispatchEvent(new CustomEvent("announce", { detail: button.dataset[isCopied ? "copied" : "selected"] }));
}

async function written(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

function selected(field, button) {
  field.focus();
  field.select();
  const isCopied = document.execCommand("copy");
  if (isCopied) button.focus();
  return isCopied;
}
