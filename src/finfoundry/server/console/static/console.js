// Live progress, and figures that open their page beside the answer. Without it every form and link of the page still works.
"use strict";

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

// The next question of the conversation goes on from this one: the form keeps what was asked. The newest answer stands first.
function keep(form, question, html) {
  const before = document.createElement("input"), box = form.elements.namedItem("question");
  Object.assign(before, { type: "hidden", name: "before", value: question });
  form.append(before);
  box.value = "";
  box.placeholder = box.dataset.next;
  document.getElementById("new").hidden = false;
  document.getElementById("answer").prepend(fragment(html));
  box.focus();
}

async function ask(form) {
  const status = document.getElementById("progress"), button = form.querySelector("button"), sent = new FormData(form);
  button.disabled = true;
  say(status, form.dataset.working);
  try {
    const response = await fetch("/console/ask/stream", { method: "POST", body: sent });
    if (!response.ok) throw new Error((await response.json()).error.message);
    for await (const [name, data] of events(response)) {
      if (name === "progress") say(status, `${form.dataset.working} ${Math.round(data.seconds)} ${form.dataset.seconds}`);
      if (name === "error") throw new Error([data.error.message, data.error.remedy].filter(Boolean).join(". "));
      if (name === "answer") { say(status, ""); keep(form, sent.get("question"), data.html); }
    }
  } catch (error) {
    say(status, error.message);
  } finally {
    button.disabled = false;
  }
}

async function upload(form) {
  const status = document.getElementById("progress"), button = form.querySelector("button");
  button.disabled = true;
  say(status, form.dataset.uploading);
  try {
    const sent = await fetch("/v1/documents", { method: "POST", body: new FormData(form) });
    const body = await sent.json();
    if (!sent.ok) throw new Error([body.error.message, body.error.remedy].filter(Boolean).join(". "));
    for await (const [name, data] of events(await fetch(`/v1/uploads/${body.id}/events`))) {
      if (name === "error") throw new Error(data.error.message);
      say(status, `${data.name}: ${form.dataset[data.state]}`);
      if (data.state === "failed") throw new Error(`${data.result.error}. ${data.result.remedy || ""}`);
      if (data.state === "done") window.location = `/console/documents/${data.result.id}`;
    }
  } catch (error) {
    say(status, error.message);
  } finally {
    button.disabled = false;
  }
}

async function open(link) {
  const dialog = document.getElementById("evidence");
  const response = await fetch(link.href, { headers: { "X-Fragment": "1" } });
  if (!response.ok) { window.location = link.href; return; }
  dialog.querySelector(".body").replaceChildren(fragment(await response.text()));
  dialog.showModal();
  look(dialog, dialog);
}

// Scroll so that what is marked on the picture of a page stands in the middle.
function look(within, scrolled) {
  const picture = within.querySelector("img.page[data-top]");
  if (!picture) return;
  const show = () => { scrolled.scrollTop = picture.offsetTop + picture.dataset.top * picture.clientHeight - scrolled.clientHeight / 2; };
  if (picture.complete && picture.naturalWidth) show(); else picture.addEventListener("load", show);
}

look(document.querySelector("main"), document.documentElement);

document.addEventListener("submit", (event) => {
  const live = { ask, upload }[event.target.dataset.live];
  if (!live) return;
  event.preventDefault();
  live(event.target);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-evidence]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); open(link); }
  if (event.target.closest("[data-close]")) document.getElementById("evidence").close();
});
