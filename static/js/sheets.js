// A spreadsheet is sent in parts, one after another: no request is larger than AssetLink and the proxies before it take. A part
// whose answer got lost is sent again; the same part twice does no harm.
const form = document.getElementById("sheet-form");
const file = document.getElementById("sheet-file");
const said = document.getElementById("sheet-said");
const bar = document.getElementById("sheet-progress");
const send = document.getElementById("sheet-send");
const TRIES = 4, REST = 800; // milliseconds, doubled each time
const number = (n) => n.toLocaleString(document.documentElement.lang);

async function sent(place, parts, key) {
  const size = Number(form.dataset.part), body = new FormData();
  body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  for (const [name, value] of Object.entries({ place, parts, key })) body.append(name, value);
  body.append("part", file.files[0].slice(place * size, (place + 1) * size), file.files[0].name);
  for (let at = 0; at < TRIES; at++) {
    if (at) await new Promise((done) => setTimeout(done, REST * 2 ** (at - 1)));
    const answer = await fetch(form.action, { method: "POST", body }).catch(() => null);
    const content = await answer?.json().catch(() => null);
    if (answer?.ok && content) return content;
    if (content?.said) throw new Error(content.said);
  }
  throw new Error(form.dataset.textLost);
}

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (send.getAttribute("aria-disabled")) return;
  if (!file.files.length) {
    said.textContent = form.dataset.textNone;
    file.focus();
    return;
  }
  send.setAttribute("aria-disabled", "true");
  bar.hidden = false;
  try {
    const parts = Math.max(1, Math.ceil(file.files[0].size / Number(form.dataset.part)));
    let known = { key: "", address: "" };
    for (let place = 0; place < parts; place++) {
      bar.value = place / parts;
      said.textContent = form.dataset.textSending.replace("{n}", number(place + 1)).replace("{all}", number(parts));
      known = await sent(place, parts, known.key);
    }
    location.assign(known.address);
  } catch (wrong) {
    said.textContent = wrong.message;
    bar.hidden = true;
    send.removeAttribute("aria-disabled");
  }
});

// What the work came to, when it is over.
document.addEventListener("htmx:afterSwap", () => {
  const text = document.querySelector("#sheet, #tried")?.dataset.announce;
  if (text) document.dispatchEvent(new CustomEvent("announce", { detail: text }));
});
