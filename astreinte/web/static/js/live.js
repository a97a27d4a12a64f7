/* Pieces of a page that look again. htmx would need eval for "only while visible": the content security policy refuses it.
   <div data-live="address" data-seen="etag" data-every="seconds">; the answer holds elements with ids, each replaces its own.
   data-stays: something is typed on this page, it is never loaded again. */
(() => {
  "use strict";
  const later = { timer: 0 };

  function replace(answer) {
    const held = document.activeElement && document.activeElement.id;
    for (const piece of new DOMParser().parseFromString(answer, "text/html").querySelectorAll("[data-piece]")) {
      const old = document.getElementById(piece.id);
      if (!old || old.outerHTML === piece.outerHTML || old.dataset.html === piece.outerHTML) continue;
      const open = [...old.querySelectorAll("details[open][id]")].map((one) => one.id);
      const typed = [...old.querySelectorAll("textarea, input[type=text]")].filter((one) => one.id && one.value).map((one) => [one.id, one.value]);
      const html = piece.outerHTML;
      old.replaceWith(document.adoptNode(piece));
      piece.dataset.html = html;
      for (const id of open) document.getElementById(id)?.setAttribute("open", "");
      for (const [id, value] of typed) { const field = document.getElementById(id); if (field) field.value = value; }
    }
    if (held && document.activeElement === document.body) document.getElementById(held)?.focus({ preventScroll: true });
  }

  async function look(live) {
    try {
      live.dataset.asked = live.dataset.live;
      const answer = await fetch(live.dataset.live, { headers: { "If-None-Match": live.dataset.seen }, redirect: "manual", credentials: "same-origin" });
      const text = answer.status === 200 ? await answer.text() : "";
      if (!live.isConnected || live.dataset.asked !== live.dataset.live) return; // something else is asked by now
      if (answer.status === 200) {
        replace(text);
        live.dataset.seen = answer.headers.get("ETag") || "";
      }
      if (answer.status === 200 || answer.status === 304) live.dataset.every = answer.headers.get("X-Look-Again") || "0";
      if (answer.type === "opaqueredirect" || answer.status === 404) { live.dataset.every = "0"; if (!("stays" in live.dataset)) location.reload(); }
    } catch { /* the network is away: the next look will tell */ }
    plan(live);
  }

  function plan(live) {
    clearTimeout(later.timer);
    const every = Number(live.dataset.every);
    if (every > 0 && !document.hidden) later.timer = setTimeout(() => look(live), every * 1000);
  }

  document.addEventListener("DOMContentLoaded", () => {
    const live = () => document.querySelector("[data-live]");
    document.addEventListener("visibilitychange", () => { if (document.hidden) clearTimeout(later.timer); else if (Number(live()?.dataset.every) > 0) look(live()); });
    document.addEventListener("live:pieces", (event) => { replace(event.detail); if (live()) plan(live()); });
    document.addEventListener("live:now", () => { if (live()) look(live()); });
    if (live()) plan(live());
  });
})();
