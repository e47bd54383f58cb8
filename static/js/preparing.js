/* A part of Prepare. What the button does is what is shown, so it waits until other choices are shown, too. And an answer that
   comes while somebody goes on choosing replaces nothing: the next change asks again. */

const written = (data) => new URLSearchParams(data).toString();

document.addEventListener("input", ({ target }) => {
  const button = document.getElementById("make-it");
  if (button && target.form?.id === "choices") button.disabled = true;
});

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const form = document.getElementById("choices");
  if (form && detail.requestConfig?.elt === form && written(detail.requestConfig.formData) !== written(new FormData(form)))
    detail.shouldSwap = false;
});
