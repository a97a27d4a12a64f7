/* The server is chosen: it is looked at while the rest is typed. What comes back are pieces, which live.js puts in place and asks again.
   <form id="problem-form" data-look="address">; without this script the diagnosis begins when the form is sent. */
(() => {
  "use strict";
  // Somebody who goes through the list with the keyboard chooses the last one.
  const PAUSE_MS = 300;
  let asked = null;
  let timer = 0;

  async function look(form) {
    asked?.abort();
    if (!form.elements.server.value) return;
    asked = new AbortController();
    try {
      const answer = await fetch(form.dataset.look, { method: "POST", body: new FormData(form), signal: asked.signal, redirect: "error", credentials: "same-origin" });
      if (answer.ok) document.dispatchEvent(new CustomEvent("live:pieces", { detail: await answer.text() }));
    } catch { /* abandoned for another server, or the network is away: the form is sent all the same */ }
  }

  function weigh(symptom) {
    const live = document.getElementById("looking");
    if (!live.dataset.live) return;
    const where = new URL(live.dataset.live, location.href);
    where.searchParams.set("symptom", symptom);
    live.dataset.live = where.pathname + where.search;
    live.dataset.seen = "";
    document.dispatchEvent(new Event("live:now"));
  }

  document.addEventListener("DOMContentLoaded", () => {
    const form = document.getElementById("problem-form");
    if (!form?.dataset.look) return;
    form.addEventListener("change", (event) => {
      if (event.target.name === "server") { clearTimeout(timer); timer = setTimeout(() => look(form), PAUSE_MS); }
      if (event.target.name === "symptom") weigh(event.target.value);
    });
    look(form);
  });
})();
