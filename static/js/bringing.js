// Bringing assets in: files and folders are read, compared with what Cloudinary has, and posted to it from here, each with a
// signature of ours for its own public ID. What was posted and not answered is posted again: Cloudinary then says that it is there.
import { md5 } from "../vendor/noble-hashes/legacy.js";

const byId = (id) => document.getElementById(id);
const dialog = byId("bring");
const MB = 1024 * 1024;
const READ = MB / 2; // bytes that are hashed before the page may draw again
const LARGE = 20 * MB, PART = 6 * MB; // from where on a file goes in parts, each at least 5 MB
const TOGETHER = 4, SIGNED = 20; // files at a time, and signatures in one request
const TRIES = 6, REST = 800, LONGEST = 15_000; // milliseconds between tries, doubled each time
const SOON = 30; // seconds that a signature must be good for
const KEPT = "assetlink-bring";

let items = []; // {file, path, md5, standing, said, asset, sent}
let seen = new Set(); // paths
let fixed = false;
let isPaused = false, isRunning = false, round = 0, looking = Promise.resolve();
let calls = new Set(); // requests under way
let ticket = ""; // of what was begun by one press

const form = () => byId("bring-form");
const words = (name, known = {}) =>
  form().dataset[name].replace(/\{(\w+)\}/g, (_, key) => known[key]);
const number = (n) => n.toLocaleString(document.documentElement.lang);
// What operating systems leave in folders.
const hidden = (path) => /(^|\/)(\.|thumbs\.db$|desktop\.ini$|__macosx\/)/i.test(path);

function size(bytes) {
  const many = bytes >= 100 * MB ? 0 : 1;
  return `${(bytes / MB).toLocaleString(document.documentElement.lang, { maximumFractionDigits: many })} MB`;
}

// The dialog, which is fetched when it is first opened.

async function open() {
  if (dialog.open) return;
  if (!form()) await htmx.ajax("GET", `${dialog.dataset.href}${location.search}`, { target: dialog, swap: "innerHTML" });
  if (!form() || dialog.open) return;
  listen();
  dialog.showModal();
  const left = JSON.parse(localStorage.getItem(KEPT) ?? "null");
  const note = byId("bring-stopped");
  note.hidden = !left || isRunning || items.length > 0;
  if (left) note.textContent = words("stopped", { n: number(left.n), all: number(left.all) });
}

function listen() {
  if (form().dataset.listens) return;
  form().dataset.listens = "1";
  for (const kind of ["files", "folder"]) {
    const input = byId(`bring-input-${kind}`);
    byId(`bring-${kind}`).addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      add([...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name })));
      input.value = "";
    });
  }
  byId("bring-close").addEventListener("click", () => dialog.close());
  byId("bring-start").addEventListener("click", send);
  byId("bring-pause").addEventListener("click", pause);
  byId("bring-again").addEventListener("click", again);
  byId("bring-link").addEventListener("click", link);
  for (const id of ["bring-into", "bring-pattern", "bring-preset"])
    byId(id)?.addEventListener("change", () => { if (items.length && !isRunning) looking = look(waiting().length > 0); });
}

// Files, from what was chosen or dropped.
async function entries(entry) {
  if (entry.isFile) {
    const file = await new Promise((done, failed) => entry.file(done, failed)).catch(() => null);
    return file ? [{ file, path: entry.fullPath.replace(/^\//, "") }] : [];
  }
  const reader = entry.createReader(), found = [];
  for (;;) { // a hundred at a time
    const some = await new Promise((done) => reader.readEntries(done, () => done([])));
    if (!some.length) break;
    for (const one of some) found.push(...await entries(one));
  }
  return found;
}

async function dropped(data) {
  const roots = [...data.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const plain = [...data.files].map((file) => ({ file, path: file.name }));
  const found = [];
  for (const root of roots) found.push(...await entries(root));
  return roots.length ? found : plain;
}

async function add(found) {
  if (isRunning) return;
  if (items.every((one) => one.standing === "come" || one.standing === "there")) {
    items = [];
    seen = new Set();
  }
  const most = Number(form().dataset.most);
  const fresh = found.filter((one) => !hidden(one.path) && !seen.has(one.path));
  const taken = fresh.slice(0, Math.max(0, most - items.length));
  for (const one of taken) seen.add(one.path);
  byId("bring-stopped").hidden = true;
  if (!taken.length) {
    state(words(fresh.length ? "toomany" : "nofiles"));
    return;
  }
  items.push(...taken.map((one) => ({ ...one, md5: "", standing: "", said: "", asset: "", sent: 0 })));
  await read();
  await look();
  if (taken.length < fresh.length) state(`${byId("bring-state").textContent} ${words("toomany")}`);
}

async function hash(file) {
  const sum = md5.create();
  for (let at = 0; at < file.size; at += READ)
    sum.update(new Uint8Array(await file.slice(at, at + READ).arrayBuffer()));
  return [...sum.digest()].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function read() {
  const mine = ++round, unread = items.filter((one) => !one.md5);
  busy(true);
  let n = 0;
  for (const one of unread) {
    if (mine !== round) return;
    state(words("reading", { n: number(++n), all: number(unread.length) }));
    progress(n / unread.length);
    one.md5 = await hash(one.file).catch(() => "");
    if (!one.md5) one.broken = true;
  }
}

const listed = (some) => JSON.stringify(some.map((one) => [one.path, one.file.size, one.md5]));

async function post(url, fields) {
  const body = new FormData();
  for (const [name, values] of Object.entries(fields)) for (const one of [values].flat()) body.append(name, one);
  const headers = { "X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"] };
  const answer = await fetch(url, { method: "POST", body, headers }).catch(() => null);
  const content = await answer?.json().catch(() => null);
  if (answer?.ok && content) return content;
  throw new Error(content?.said ?? words("gaveup"));
}

const chosen = () => ({
  folder: byId("bring-into").value, pattern: byId("bring-pattern").value, preset: byId("bring-preset")?.value ?? "", fixed: String(fixed),
});

// Before a press on Upload, the field that is left asks. A button that is off would not hear the press: so it stays on.
async function look(isOn = false) {
  ticket = "";
  busy(!isOn);
  state(words("asking"));
  const open = items.filter((one) => one.standing !== "come");
  try {
    const found = await post(form().dataset.look, { ...chosen(), files: listed(open) });
    fixed = found.fixed;
    open.forEach((one, at) => Object.assign(one, found.files[at]));
    for (const one of open) if (one.broken) Object.assign(one, { standing: "unread", said: words("unread") });
    byId("bring-names").textContent = found.names;
    state(found.said);
  } catch (wrong) {
    state(wrong.message, true);
  }
  busy(false);
  progress(null);
  show();
}

const waiting = () => items.filter((one) => one.standing === "new");
const done = () => items.filter((one) => one.standing === "come");

async function send() {
  await looking;
  if (isRunning || !waiting().length) return;
  isRunning = true;
  isPaused = false;
  show();
  keep();
  const queue = waiting();
  const all = queue.length + done().length;
  const next = signatures(queue);
  const work = async () => {
    for (let one; !isPaused && (one = await next()); ) await sendOne(one, next, all);
  };
  try {
    await Promise.all(Array.from({ length: TOGETHER }, work));
  } catch (wrong) {
    isPaused = true;
    stop();
    state(wrong.message, true);
  }
  isRunning = false;
  finish(all);
}

// One file after another with its signature, which are fetched in advance, and again when they get old.
function signatures(queue) {
  let at = 0, pending = Promise.resolve();
  const sign = async (some) => {
    const asked = { ...chosen(), files: listed(some), bringing: ticket, all: String(queue.length) };
    const found = await post(form().dataset.sign, asked);
    ticket = found.bringing;
    some.forEach((one, place) => { one.signed = found.signed[place]; });
  };
  const next = async () => {
    const place = at++, one = queue[place];
    if (one) await (pending = pending.then(() => isGood(one) ? null : sign(queue.slice(place, place + SIGNED))));
    return one;
  };
  next.renew = (one) => sign([one]);
  return next;
}

const isGood = (one) => one.signed && one.signed.until - SOON > Date.now() / 1000;

async function sendOne(one, next, all) {
  for (let tried = 0; !isPaused; tried++) {
    if (!isGood(one)) await next.renew(one);
    if (isPaused) break;
    const answer = await upload(one, all);
    if (isPaused && !answer?.asset_id) break;
    if (answer?.asset_id) {
      const isOurs = !answer.existing || !answer.etag || answer.etag === one.md5;
      Object.assign(one, isOurs ? { standing: "come", said: "", asset: answer.asset_id, sent: one.file.size } : { standing: "failed", said: words("other") });
      break;
    }
    if (answer?.said || tried + 1 >= TRIES) {
      Object.assign(one, { standing: "failed", said: answer?.said ?? words("gaveup"), sent: 0 });
      break;
    }
    state(words("lost"));
    await new Promise((rested) => setTimeout(rested, Math.min(LONGEST, REST * 2 ** tried) * (0.5 + Math.random() / 2)));
  }
  keep();
  drawn(all);
}

// The answer for the whole file; {said} where Cloudinary refuses it; null where nobody knows, so that it is to be tried again.
async function upload(one, all) {
  const { file } = one;
  if (file.size <= LARGE) return request(one, file, {}, 0, all);
  const headers = { "X-Unique-Upload-Id": (one.upload ??= crypto.randomUUID()) };
  for (let at = one.from ?? 0; at < file.size; at += PART) {
    const end = Math.min(at + PART, file.size);
    headers["Content-Range"] = `bytes ${at}-${end - 1}/${file.size}`;
    const answer = await request(one, file.slice(at, end), headers, at, all);
    if (!answer || answer.said || answer.asset_id) return answer;
    one.from = end; // what has come is not sent again
  }
  one.from = 0;
  one.upload = null;
  return null;
}

function request(one, body, headers, from, all) {
  return new Promise((answered) => {
    const call = new XMLHttpRequest(), sent = new FormData();
    for (const [name, value] of Object.entries(one.signed.fields)) sent.append(name, value);
    sent.append("file", body, one.path.split("/").pop());
    call.open("POST", one.signed.url);
    for (const [name, value] of Object.entries(headers)) call.setRequestHeader(name, value);
    call.timeout = 10 * 60_000;
    call.upload.addEventListener("progress", (event) => {
      one.sent = Math.min(one.file.size, from + event.loaded);
      drawn(all);
    });
    call.addEventListener("loadend", () => {
      calls.delete(call);
      let found = null;
      try { found = JSON.parse(call.responseText); } catch { /* no answer, or none of Cloudinary's */ }
      const isRefused = call.status >= 400 && call.status < 500 && ![408, 420, 423, 429].includes(call.status);
      if (call.status === 200 && found) answered(found);
      else if (isRefused && found?.error?.message?.startsWith("Stale request")) { one.signed = null; answered(null); }
      else answered(isRefused ? { said: found?.error?.message ?? `HTTP ${call.status}` } : null);
    });
    calls.add(call);
    call.send(sent);
  });
}

function stop() {
  for (const call of calls) call.abort();
}

function pause() {
  if (isRunning) {
    isPaused = true;
    stop();
  } else send();
}

function again() {
  for (const one of items) if (one.standing === "failed") Object.assign(one, { standing: "new", said: "", signed: null, from: 0, upload: null });
  ticket = "";
  send();
}

async function link() {
  const asset = items.filter((one) => one.asset && ["come", "there"].includes(one.standing)).map((one) => one.asset);
  byId("bring-link").disabled = true;
  try {
    location.assign((await post(form().dataset.link, { asset })).address);
  } catch (wrong) {
    byId("bring-link").disabled = false;
    state(wrong.message, true);
  }
}

// What is seen.
function state(text, isWrong = false) {
  const line = byId("bring-state");
  line.classList.toggle("is-warn", isWrong);
  line.textContent = text;
}

function progress(share) {
  byId("bring-progress").hidden = share === null;
  byId("bring-progress").value = share ?? 0;
}

function busy(isBusy) {
  form().setAttribute("aria-busy", String(isBusy));
  byId("bring-start").disabled = isBusy || !waiting().length;
}

let frame = 0;

function drawn(all) {
  frame ||= requestAnimationFrame(() => {
    frame = 0;
    if (!isRunning) return;
    const ours = items.filter((one) => ["come", "new", "failed"].includes(one.standing));
    const whole = ours.reduce((sum, one) => sum + one.file.size, 0), sent = ours.reduce((sum, one) => sum + one.sent, 0);
    progress(whole ? sent / whole : 0);
    state(words("sending", { n: number(done().length), all: number(all), done: size(sent), size: size(whole) }));
  });
}

function show() {
  const wrong = items.filter((one) => one.said);
  const list = byId("bring-list");
  list.hidden = !wrong.length;
  list.replaceChildren(...wrong.map((one) => {
    const row = document.createElement("li"), name = document.createElement("b");
    name.textContent = one.path;
    row.append(name, one.said);
    return row;
  }));
  byId("bring-start").hidden = isRunning || (done().length > 0 && !waiting().length);
  byId("bring-start").disabled = !waiting().length;
  const pauses = byId("bring-pause");
  pauses.hidden = !isRunning && !(isPaused && waiting().length);
  pauses.textContent = isRunning ? pauses.dataset.pause : pauses.dataset.resume;
  if (!pauses.hidden && !isRunning) byId("bring-start").hidden = true;
  byId("bring-again").hidden = isRunning || !items.some((one) => one.standing === "failed");
  byId("bring-link").hidden = isRunning || !items.some((one) => one.asset && ["come", "there"].includes(one.standing));
  for (const control of dialog.querySelectorAll(".bring-drop button, .bring-fields :is(input, select)")) control.disabled = isRunning;
}

function finish(all) {
  const come = done().length, failed = items.filter((one) => one.standing === "failed").length;
  const known = { n: number(come), all: number(all), failed: number(failed) };
  if (waiting().length) {
    if (!byId("bring-state").classList.contains("is-warn")) state(words("paused", known));
  } else {
    state(words(failed ? "some" : "come", known));
    progress(null);
    document.dispatchEvent(new CustomEvent("assets-came"));
  }
  keep();
  show();
  (byId("bring-link").hidden ? byId("bring-pause") : byId("bring-link")).focus();
}

// For somebody who leaves the page meanwhile: how far it came. The files themselves no browser keeps.
function keep() {
  const left = waiting().length;
  if (left) localStorage.setItem(KEPT, JSON.stringify({ n: done().length, all: done().length + left }));
  else localStorage.removeItem(KEPT);
}

addEventListener("beforeunload", (event) => { if (isRunning) event.preventDefault(); });

if (dialog) {
  byId("bring-open")?.addEventListener("click", open);
  dialog.addEventListener("cancel", (event) => { if (isRunning) event.preventDefault(); });
  dialog.addEventListener("close", () => byId("bring-open")?.focus());
  const holds = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const main = document.querySelector(".choose-main");
  addEventListener("dragover", (event) => {
    if (!holds(event)) return;
    event.preventDefault();
    (dialog.open ? byId("bring-drop") : main)?.classList.add("is-over");
  });
  const out = () => { for (const one of document.querySelectorAll(".is-over")) one.classList.remove("is-over"); };
  addEventListener("dragleave", (event) => { if (!event.relatedTarget) out(); });
  addEventListener("drop", async (event) => {
    if (!holds(event)) return;
    event.preventDefault();
    out();
    const found = dropped(event.dataTransfer); // before anything else: the event's data is gone afterwards
    await open();
    if (form()) add(await found);
  });
}
