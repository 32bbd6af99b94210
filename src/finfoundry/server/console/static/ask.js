// Questions answered live: progress in words, stopped at will, each turn put where it belongs; ratings without leaving the page.
"use strict";

let asking = null;

function place(data, at) {
  const turns = document.getElementById("answer");
  if (at) for (const turn of [...turns.querySelectorAll(".turn")]) if (Number(turn.dataset.number) >= at) turn.remove();
  turns.append(fragment(data.html));
  localTimes(turns);
  for (const field of document.querySelectorAll("form[data-live=ask] input[name=conversation]")) field.value = data.conversation;
  document.getElementById("start")?.remove();
  window.history.replaceState(null, "", `/console/ask/${data.conversation}`);
  turns.lastElementChild.scrollIntoView({ block: "start", behavior: "auto" });
}

// The list beside the question knows of a conversation that has begun since the page was opened.
function list(data) {
  const past = document.getElementById("past"), path = `/console/ask/${data.conversation}`;
  if (!past || [...past.querySelectorAll("a")].some((link) => link.getAttribute("href") === path)) return;
  const item = document.createElement("li"), link = document.createElement("a"), count = document.getElementById("count");
  Object.assign(link, { href: path, textContent: data.title });
  link.setAttribute("aria-current", "true");
  item.append(link);
  past.querySelector("[data-none]")?.remove();
  past.prepend(item);
  count.textContent = Number(count.textContent) + 1;
}

async function ask(form, button) {
  if (asking) return;
  const status = document.getElementById("progress"), stop = document.getElementById("stop");
  const sent = new FormData(form, button), main = document.getElementById("question");
  asking = new AbortController();
  main.querySelector("button").disabled = true;
  stop.hidden = false;
  say(status, main.dataset.working);
  try {
    const response = await fetch("/console/ask/stream", { method: "POST", body: sent, signal: asking.signal });
    if (!response.ok) throw new Told((await response.json()).error);
    for await (const [name, data] of events(response)) {
      if (name === "progress") say(status, data.text);
      if (name === "error") throw new Told(data.error);
      if (name === "answer") { say(status, ""); place(data, Number(sent.get("at") || 0)); list(data); ready(main, form); }
    }
  } catch (error) {
    if (error.name === "AbortError") say(status, main.dataset.stopped); else status.replaceChildren(await complaint(error));
  } finally {
    asking = null;
    stop.hidden = true;
    main.querySelector("button").disabled = false;
  }
}

function ready(main, form) {
  const box = main.elements.namedItem("question");
  if (form === main) box.value = "";
  box.placeholder = box.dataset.next;
  box.focus({ preventScroll: true });
}

async function rate(form, button) {
  const sent = new FormData(form, button);
  const response = await fetch(form.action, { method: "POST", body: sent, headers: { "X-Fragment": "1" } });
  if (response.ok) form.replaceWith(fragment(await response.text())); else form.submit();
}

live.ask = ask;
live.rate = rate;
document.addEventListener("click", (event) => { if (event.target.closest("#stop")) asking?.abort(); });
document.addEventListener("keydown", (event) => {
  const box = event.target.closest?.("#question textarea");
  if (box && event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); box.form.requestSubmit(box.form.querySelector("button")); }
});
