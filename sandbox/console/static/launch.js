// Opens AssetLink in a dialog: asks for a signed token, posts it into the dialog's frame.
"use strict";

const dialog = document.getElementById("app");

async function launch() {
  const all = library.selected();
  const most = Number(document.body.dataset.most);
  const note = document.getElementById("app-note");
  note.textContent = all.length > most
    ? `${library.plural(all.length, "asset")} are selected; apps take at most ${most.toLocaleString("en")}. The first ${most.toLocaleString("en")} were handed over.`
    : library.plural(all.length, "asset");
  dialog.showModal();
  try {
    const answer = await fetch("launch", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        environment: document.body.dataset.environment,
        person: document.getElementById("person").value,
        role: document.getElementById("role").value,
        asset_ids: all.slice(0, most),
      }),
    });
    const launch = await answer.json();
    if (!answer.ok) throw new Error(launch.error);
    post(launch.url, launch.token);
  } catch (error) {
    note.textContent = `The app could not be opened: ${error.message}`;
  }
}

function post(url, token) {
  const form = Object.assign(document.createElement("form"), { method: "post", action: url, target: "assetlink", hidden: true });
  form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "token", value: token }));
  document.body.append(form);
  form.submit();
  form.remove();
}

document.getElementById("close").addEventListener("click", () => dialog.close());
dialog.addEventListener("close", () => {
  window.frames.assetlink.location.replace("about:blank");
  document.getElementById("more").focus();
});
