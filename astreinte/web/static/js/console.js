/* A ready-made reply goes into the box without losing the page. Without this script the link reloads with it. */
(() => {
  "use strict";
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-reply]");
    const box = document.getElementById("say_body");
    if (!link || !box) return;
    event.preventDefault();
    box.value = box.value.trim() ? `${box.value.trimEnd()}\n\n${link.dataset.reply}` : link.dataset.reply;
    box.focus();
  });
})();
