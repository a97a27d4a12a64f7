/* Looks again every second while somebody is looking, and replaces only what changed: what is being typed stays. */
"use strict";

const state = document.querySelector(".state");

function show(text, lost) {
  if (state.textContent !== text) state.textContent = text;
  state.classList.toggle("lost", lost);
}

function keepOpen(from, to) {
  for (const open of from.querySelectorAll("details[open]")) {
    const same = to.querySelector("#" + CSS.escape(open.id));
    if (same) same.open = true;
  }
}

function replacePart(old, fresh) {
  keepOpen(old, fresh);
  if (old.innerHTML === fresh.innerHTML) return;
  const focused = old.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : null;
  old.innerHTML = fresh.innerHTML;
  if (focused) old.querySelector(`[aria-label="${CSS.escape(focused)}"]`)?.focus();
}

function merge(list, fresh) {
  for (const card of fresh.children) {
    const old = document.getElementById(card.id);
    if (!old) { list.append(card.cloneNode(true)); continue; }
    old.className = card.className;
    for (const part of card.querySelectorAll("[data-part]")) {
      const target = old.querySelector(`[data-part="${part.dataset.part}"]`);
      if (target) replacePart(target, part);
    }
  }
}

function settle() {
  for (const thread of document.querySelectorAll(".thread")) {
    if (thread.dataset.seen !== String(thread.childElementCount)) thread.scrollTop = thread.scrollHeight;
    thread.dataset.seen = thread.childElementCount;
  }
  if ("speechSynthesis" in window) for (const button of document.querySelectorAll(".listen")) button.hidden = false;
}

function sameLists(page) {
  const lists = (root) => [...root.querySelectorAll("[data-list]")].map((list) => list.dataset.list).join();
  const empty = (root) => root.querySelector(".nothing") !== null;
  return lists(page) === lists(document) && empty(page) === empty(document);
}

async function look() {
  try {
    const answer = await fetch(location.href, { headers: { "X-Version": document.body.dataset.version }, cache: "no-store" });
    if (answer.status === 200) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (sameLists(page)) for (const list of document.querySelectorAll("[data-list]")) merge(list, page.querySelector(`[data-list="${list.dataset.list}"]`));
      else document.querySelector("main").replaceWith(page.querySelector("main"));
      document.body.dataset.version = page.body.dataset.version;
      settle();
    }
    show(document.body.dataset.live, false);
  } catch {
    show(document.body.dataset.lost, true);
  }
}

document.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const data = new URLSearchParams(new FormData(form, event.submitter));
  for (const field of form.querySelectorAll("input:not([type=hidden])")) field.value = "";
  try { await fetch(form.action, { method: "POST", body: data }); } catch { show(document.body.dataset.lost, true); }
  await look();
});

document.addEventListener("click", (event) => {
  if (!event.target.matches(".listen")) return;
  const quote = event.target.parentElement.querySelector("blockquote");
  const speech = new SpeechSynthesisUtterance(quote.textContent);
  speech.lang = quote.lang;
  speechSynthesis.cancel();
  speechSynthesis.speak(speech);
});

settle();
look();
setInterval(() => { if (!document.hidden) look(); }, 1000);
document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
