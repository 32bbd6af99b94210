// Files and folders dropped or chosen: a queue that sends two at a time, says how far each is, and lets what failed be tried again.
"use strict";

const form = document.getElementById("upload"), listed = document.getElementById("queue");
const waiting = [], counts = { all: 0, done: 0, failed: 0, left: 0 }, MOST_ROWS = 200, MOST_FAILED = 1000;
let sending = 0;

function row(name) {
  const item = document.createElement("li"), label = document.createElement("strong"), state = document.createElement("span");
  label.textContent = name;
  state.className = "dim";
  item.append(label, " ", state);
  if (listed.childElementCount < MOST_ROWS) listed.append(item);
  return { item, state };
}

function tally() {
  const said = { done: counts.done, all: counts.all, failed: counts.failed };
  const told = form.dataset.of.replace(/\{(\w+)\}/g, (_, name) => said[name]);
  say(document.getElementById("progress"), counts.left ? `${told}. ${form.dataset.many}` : told);
}

function add(files) {
  const room = Number(form.dataset.most) - counts.all, taken = [...files].slice(0, Math.max(room, 0));
  for (const file of taken) waiting.push({ file, shown: row(file.webkitRelativePath || file.name) });
  counts.all += taken.length;
  counts.left += files.length - taken.length;
  tally();
  while (sending < 2 && waiting.length) send(waiting.shift());
}

async function failed(one, error) {
  const told = await complaint(error);
  counts.failed += 1;
  if (!one.shown.item.isConnected && listed.childElementCount < MOST_FAILED) listed.prepend(one.shown.item);  // of a long queue: what failed is seen
  one.shown.state.replaceChildren(`${form.dataset.failed}: `, told);
  one.shown.state.className = "status failed";
  const again = document.createElement("button");
  Object.assign(again, { type: "button", className: "quiet small", textContent: form.dataset.again });
  again.addEventListener("click", () => {
    again.remove();
    counts.failed -= 1;
    waiting.push(one);
    while (sending < 2 && waiting.length) send(waiting.shift());
  });
  one.shown.item.append(" ", again);
}

function finished(one, result) {
  counts.done += 1;
  one.shown.state.className = "status done";
  if (result.outcome === "dropped") { say(one.shown.state, form.dataset.dropped); return; }  // there is nothing to lead to
  const link = document.createElement("a");
  link.href = `/console/documents/${result.id}`;
  link.textContent = form.dataset.done;
  one.shown.state.replaceChildren(link);
}

async function follow(one, id) {
  for await (const [name, data] of events(await fetch(`/v1/uploads/${id}/events`))) {
    if (name === "error") throw new Told(data.error);
    say(one.shown.state, form.dataset[data.state]);
    if (data.state === "failed") throw new Told({ message: data.result.error, remedy: data.result.remedy });
    if (data.state === "done") { finished(one, data.result); return data.result; }
  }
  throw new Error("…");
}

async function send(one) {
  sending += 1;
  say(one.shown.state, form.dataset.uploading);
  try {
    const body = new FormData();
    body.append("file", one.file, one.file.name);
    for (const name of ["collection", "label"]) body.append(name, form.elements.namedItem(name).value);
    const sent = await fetch("/v1/documents", { method: "POST", body });
    const told = await sent.json();
    if (!sent.ok) throw new Told(told.error);
    const result = await follow(one, told.id);
    if (counts.all === 1 && result.outcome !== "dropped") window.location = `/console/documents/${result.id}`;
  } catch (error) {
    await failed(one, error);
  }
  sending -= 1;
  tally();
  while (sending < 2 && waiting.length) send(waiting.shift());
}

// What was dropped, folders with all that is in them.
async function inside(entry) {
  if (entry.isFile) return [await new Promise((done, fail) => entry.file(done, fail))];
  const reader = entry.createReader(), found = [];
  for (;;) {
    const some = await new Promise((done, fail) => reader.readEntries(done, fail));
    if (!some.length) return found;
    for (const one of some) found.push(...await inside(one));
  }
}

live.upload = () => {
  const chosen = [...form.elements.namedItem("file").files, ...document.getElementById("folder").files];
  form.elements.namedItem("file").value = "";
  document.getElementById("folder").value = "";
  add(chosen);
};

if (form) {
  const folder = document.getElementById("folder");
  folder.addEventListener("change", () => { form.elements.namedItem("file").required = !folder.files.length; });
  for (const kind of ["dragover", "dragenter"]) document.addEventListener(kind, (event) => { event.preventDefault(); form.classList.add("over"); });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) form.classList.remove("over"); });
  document.addEventListener("drop", async (event) => {
    event.preventDefault();
    form.classList.remove("over");
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    const files = entries.length ? (await Promise.all(entries.map(inside))).flat() : [...event.dataTransfer.files];
    add(files);
  });
  if (form.dataset.follow) {
    const one = { shown: row("…") };
    counts.all += 1;
    follow(one, form.dataset.follow).then((result) => {
      if (result.outcome !== "dropped") window.location = `/console/documents/${result.id}`;
    }, (error) => failed(one, error));
  }
}
