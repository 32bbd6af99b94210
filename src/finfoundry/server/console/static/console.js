// What every page shares: events that come live, figures that open their page beside the answer, times in the reader's zone.
// Without it every form and link of the page still works.
"use strict";

const live = {};

// Text that the server escaped, as nodes. Scripts in it would not run: the policy of the page allows its own files only.
function fragment(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content;
}

async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    rest += value;
    const parts = rest.split("\n\n");
    rest = parts.pop();
    for (const part of parts) {
      const name = /^event: (.*)$/m.exec(part), data = /^data: (.*)$/m.exec(part);
      if (name && data) yield [name[1], JSON.parse(data[1])];
    }
  }
}

function say(place, text) {
  place.textContent = text;
}

// An error that the server told, and how a page says it: in its own language; of a server that does not answer, that.
class Told extends Error {
  constructor(detail) {
    super(detail.message);
    this.said = [detail.message, detail.remedy].filter(Boolean);
  }
}

async function complaint(error) {
  const query = new URLSearchParams((error.said ?? []).map((one) => ["text", one.slice(0, 2000)]));
  const told = error instanceof Told ? await fetch(`/console/messages?${query}`).catch(() => null) : null;
  if (told?.ok) return fragment(await told.text());
  return document.createTextNode(told && told.status !== 401 ? error.said.join(". ") : document.body.dataset.lost);
}

function localTimes(within) {
  const way = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  for (const one of within.querySelectorAll("time[datetime]")) {
    const moment = new Date(one.dateTime);
    if (one.dateTime.includes("T") && !Number.isNaN(moment.getTime())) { one.title = one.dateTime; one.textContent = way.format(moment); }
  }
}

// The pane: beside the answer where there is room, over it where there is none.
const pane = document.getElementById("evidence"), wide = window.matchMedia("(min-width: 64rem)");
let opener = null;

async function open(link) {
  const response = await fetch(link.href, { headers: { "X-Fragment": "1" } });
  if (!response.ok) { window.location = link.href; return; }
  pane.querySelector(".body").replaceChildren(fragment(await response.text()));
  opener?.classList.remove("opened");
  if (!pane.contains(link)) { opener = link; }
  opener?.classList.add("opened");
  if (!pane.open) { if (wide.matches) { pane.show(); document.body.classList.add("beside-pane"); } else pane.showModal(); }
  pane.querySelector("[data-close]").focus({ preventScroll: true });
  look(pane, pane);
}

function close() {
  pane.close();
}

pane.addEventListener("close", () => {
  document.body.classList.remove("beside-pane");
  opener?.classList.remove("opened");
  if (opener?.isConnected) opener.focus({ preventScroll: true });
});

function step(by) {
  const figures = [...document.querySelectorAll("main a[data-evidence]")].filter((one) => one.offsetParent);
  const at = figures.indexOf(opener);
  const next = figures[(at + by + figures.length) % figures.length];
  if (next) { next.scrollIntoView({ block: "nearest" }); open(next); }
}

// Scroll so that what is marked on the picture of a page stands in the middle.
function look(within, scrolled) {
  const picture = within.querySelector("img.page[data-top]");
  if (!picture) return;
  const show = () => {
    const top = picture.getBoundingClientRect().top - (scrolled === document.documentElement ? 0 : scrolled.getBoundingClientRect().top) + scrolled.scrollTop;
    scrolled.scrollTop = top + picture.dataset.top * picture.clientHeight - scrolled.clientHeight / 2;
  };
  if (picture.complete && picture.naturalWidth) show(); else picture.addEventListener("load", show);
}

async function copy(table) {
  const rows = [...table.rows].map((row) => [...row.cells].map((cell) => cell.textContent.trim().replace(/\s+/g, " ")).join("\t"));
  if (navigator.clipboard) await navigator.clipboard.writeText(rows.join("\n"));
  else { table.closest("details").open = true; window.getSelection().selectAllChildren(table); document.execCommand("copy"); }  // over plain http
}

// A chart as a picture in the clipboard; where the browser keeps that from pages, as a file.
async function copyPicture(link) {
  const drawn = new Image();
  drawn.src = link.dataset.picture;
  await drawn.decode();
  const sheet = Object.assign(document.createElement("canvas"), { width: 2 * drawn.naturalWidth, height: 2 * drawn.naturalHeight }), pen = sheet.getContext("2d");
  pen.fillStyle = "white";
  pen.fillRect(0, 0, sheet.width, sheet.height);
  pen.drawImage(drawn, 0, 0, sheet.width, sheet.height);
  const picture = await new Promise((done) => { sheet.toBlob(done, "image/png"); });
  if (navigator.clipboard?.write) await navigator.clipboard.write([new ClipboardItem({ "image/png": picture })]);
  else Object.assign(document.createElement("a"), { href: URL.createObjectURL(picture), download: "chart.png" }).click();
}

look(document.querySelector("main"), document.documentElement);
localTimes(document);
for (const one of document.querySelectorAll("details[data-open-wide]")) if (wide.matches) one.open = true;

document.addEventListener("submit", (event) => {
  const form = event.target, asked = form.dataset.confirm;
  if (asked && !window.confirm(asked)) { event.preventDefault(); return; }
  if (!live[form.dataset.live]) return;
  event.preventDefault();
  live[form.dataset.live](form, event.submitter);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-evidence]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); open(link); return; }
  if (event.target.closest("[data-close]")) close();
  const by = event.target.closest("[data-step]");
  if (by) step(Number(by.dataset.step));
  const done = (button) => { button.textContent = `✓ ${button.textContent.replace(/^✓ /, "")}`; };
  const copied = event.target.closest("[data-copy]"), drawn = event.target.closest("[data-picture]");
  if (copied) copy(document.getElementById(copied.dataset.copy)).then(() => done(copied));
  if (drawn) copyPicture(drawn).then(() => done(drawn));
});

document.addEventListener("keydown", (event) => {
  if (!pane.open) return;
  if (event.key === "Escape" && wide.matches) close();
  const writing = event.target.closest?.("input, textarea, select, .scroll");
  if (!writing && (event.key === "ArrowLeft" || event.key === "ArrowRight")) { event.preventDefault(); step(event.key === "ArrowLeft" ? -1 : 1); }
});
