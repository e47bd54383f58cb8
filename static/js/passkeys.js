// A form that a passkey fills: [data-passkey="create" or "get"] asks [data-options] what is to be signed, and sends what the
// person's device made of it as `credential`. Without passkeys in the browser the form stays hidden.
const forms = document.querySelectorAll("form[data-passkey]");

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

// As PublicKeyCredential.parseCreationOptionsFromJSON() and toJSON(), which not all browsers have.
function read(options) {
  const found = { ...options, challenge: bytes(options.challenge) };
  if (options.user) found.user = { ...options.user, id: bytes(options.user.id) };
  if (options.excludeCredentials) {
    found.excludeCredentials = options.excludeCredentials.map((known) => ({ ...known, id: bytes(known.id) }));
  }
  return found;
}

function written(made) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (made.response[name]) response[name] = text(made.response[name]);
  }
  const extensions = made.getClientExtensionResults();
  return { id: made.id, rawId: text(made.rawId), type: made.type, response, clientExtensionResults: extensions };
}

async function ask(form) {
  const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
  const answer = await fetch(form.dataset.options, { method: "POST", headers });
  if (!answer.ok) throw new Error(`${answer.status}`);
  const publicKey = read((await answer.json()).publicKey);
  return form.dataset.passkey === "create"
    ? navigator.credentials.create({ publicKey })
    : navigator.credentials.get({ publicKey });
}

async function fill(event) {
  const form = event.currentTarget;
  if (form.elements.credential.value) return; // filled: now it goes
  event.preventDefault();
  const trouble = form.querySelector("[role=alert]");
  const button = form.querySelector("button");
  trouble.textContent = "";
  button.disabled = true;
  try {
    form.elements.credential.value = JSON.stringify(written(await ask(form)));
    form.submit();
  } catch {
    trouble.textContent = form.dataset.failed;
  } finally {
    button.disabled = false;
  }
}

if (window.PublicKeyCredential) {
  for (const form of forms) {
    form.hidden = false;
    form.addEventListener("submit", fill);
  }
}
