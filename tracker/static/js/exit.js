/* The quick exit, quicker: the page is blank and replaced at once, while the sign-out goes its own way. */
(() => {
  "use strict";
  const form = document.querySelector("form.quick-exit");
  if (!form) return;

  function leave() {
    /* Hidden also says to site.js that nobody is asked whether unsaved text may go. */
    document.documentElement.hidden = true;
    document.title = "…";
    fetch(form.action, { method: "POST", keepalive: true, redirect: "manual", credentials: "same-origin" }).catch(() => {});
    /* Replaced, so that the way back does not lead to this page. */
    location.replace(form.dataset.away);
  }
  form.addEventListener("submit", (event) => { event.preventDefault(); leave(); });

  if (!form.hasAttribute("data-exit-keys")) return;
  let times = [];
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") { times = []; return; }
    if (event.repeat) return;
    times = [...times.slice(-2), event.timeStamp];
    if (times.length === 3 && times[2] - times[0] < 2000) leave();
  }, true);
})();
