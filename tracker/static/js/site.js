/* What makes the pages quicker. Without it everything still works; nothing is kept in the browser. */
(() => {
  "use strict";
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  /* Parts that are useless without script stay hidden until here. */
  const reveal = (within) => all(".only-script", within).forEach((part) => { part.hidden = false; });
  reveal(document);

  /* ---- menus: one open at a time; a click elsewhere or Escape closes ---- */
  const closeMenus = (but) => all("details.menu[open]").forEach((menu) => { if (menu !== but && !menu.contains(but)) menu.open = false; });
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details.menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });

  /* ---- rows: a click anywhere opens; J and K move, Enter is the focused link's own ---- */
  const links = () => all("[data-rows] :is(tbody tr, li)").map((row) => row.querySelector("a.row-title, a")).filter((link) => link && link.offsetParent);
  const move = (step) => {
    const found = links();
    if (!found.length) return;
    const here = found.indexOf(document.activeElement);
    const next = found[here < 0 ? (step > 0 ? 0 : found.length - 1) : Math.min(Math.max(here + step, 0), found.length - 1)];
    next.focus();
    next.closest("tr, li").scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("click", (event) => {
    const row = event.target.closest("[data-rows] tbody tr");
    if (!row || event.target.closest("a, button, input, select, textarea, label, summary") || String(getSelection())) return;
    const link = row.querySelector("a.row-title, a");
    if (!link) return;
    if (event.ctrlKey || event.metaKey) window.open(link.href, "_blank", "noopener");
    else link.click();
  });

  /* ---- single keys, for those who want them ---- */
  const keys = document.getElementById("keys");
  all("[data-open-keys]").forEach((button) => button.addEventListener("click", () => { closeMenus(null); keys.showModal(); }));
  document.addEventListener("keydown", (event) => {
    if (!root.hasAttribute("data-keys") || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest("input, textarea, select, dialog, [contenteditable]")) return;
    if (event.key === "j" || event.key === "J") move(1);
    else if (event.key === "k" || event.key === "K") move(-1);
    else if (event.key === "/") {
      const search = [...all("main [data-search]"), ...all("[data-search]")].find((field) => field.offsetParent);
      if (!search) return;
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "?" && keys) { event.preventDefault(); keys.showModal(); }
  });

  /* ---- htmx: say what came, keep the focus, own up to trouble ---- */
  const announce = (words) => { const place = document.getElementById("announce"); if (place) place.textContent = words; };
  const trouble = (shown) => { const place = document.getElementById("trouble"); if (place) place.hidden = !shown; };
  document.addEventListener("htmx:before:request", () => trouble(false));
  document.addEventListener("htmx:response:error", () => trouble(true));
  document.addEventListener("htmx:error", () => trouble(true));
  document.addEventListener("htmx:after:swap", () => {
    reveal(document);
    const count = document.querySelector("main .list-count");
    if (count) announce(count.textContent.trim());
    if (document.activeElement === document.body) {
      const results = document.getElementById("results");
      if (results) { results.tabIndex = -1; results.focus({ preventScroll: true }); }
    }
  });

  /* ---- citing: [E-12] goes to where one last wrote ---- */
  let written = null;
  document.addEventListener("focusin", (event) => { if (event.target.matches("textarea")) written = event.target; });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-cite]");
    if (!button) return;
    const field = written && written.isConnected ? written : document.querySelector("[data-cite-here]");
    if (!field) return;
    event.preventDefault();
    const before = field.value.slice(0, field.selectionStart);
    const mark = `${before && !/\s$/.test(before) ? " " : ""}[${button.dataset.cite}]`;
    field.setRangeText(mark, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });

  /* ---- drafts save by themselves ----
     The form's data-autosave is where to; [data-save-state] carries the words. An answer {"revision", "saved_at"} means
     saved; 409 brings both texts; anything else in 4xx is told and waits for the next change; no answer is tried again. */
  const QUIET = 2500, LONGEST = 15000, FIRST_PAUSE = 3000, LAST_PAUSE = 60000;

  function autosave(form) {
    const state = form.querySelector("[data-save-state]");
    let changed = false, saving = null, stopped = false, leaving = false, pause = FIRST_PAUSE, timer = 0, since = 0;

    const say = (name, ...values) => {
      if (!state) return;
      state.dataset.state = name;
      state.textContent = values.reduce((words, value) => words.replace("%s", value), state.dataset[name] || "");
    };
    const later = (delay) => { clearTimeout(timer); timer = setTimeout(save, delay); };

    function conflict(html) {
      stopped = true;
      let place = document.getElementById("conflict");
      if (!place) {
        place = document.createElement("section");
        place.id = "conflict";
        form.before(place);
      }
      place.tabIndex = -1;
      place.innerHTML = html;
      say("refused");
      place.focus();
    }

    async function save() {
      if (saving || stopped || !changed) return;
      changed = false;
      since = 0;
      say("saving");
      saving = send();
      await saving;
      saving = null;
      if (changed && !stopped) later(pause > FIRST_PAUSE ? pause : QUIET);
    }

    async function send() {
      const failed = (name) => { changed = true; say(name); later(pause); pause = Math.min(pause * 2, LAST_PAUSE); };
      let answer;
      try {
        answer = await fetch(form.dataset.autosave, {
          method: "POST", body: new FormData(form), credentials: "same-origin", headers: { Accept: "application/json" }, signal: AbortSignal.timeout(20000),
        });
      } catch { failed("retrying"); return; }
      if (answer.status === 409) { changed = true; conflict(await answer.text()); return; }
      if (answer.redirected || answer.status === 401 || answer.status === 403) { failed("signedout"); return; }
      if (answer.status >= 500) { failed("retrying"); return; }
      let told = {};
      try { told = await answer.json(); } catch { /* said below */ }
      if (!answer.ok) { changed = true; say("unsaved"); if (state && told.message) state.textContent = told.message; return; }
      const revision = form.elements.namedItem("revision");
      if (revision && told.revision !== undefined) revision.value = told.revision;
      pause = FIRST_PAUSE;
      if (!changed) say("saved", told.saved_at || new Date().toLocaleTimeString(root.lang, { hour: "2-digit", minute: "2-digit" }));
    }

    form.addEventListener("input", () => {
      changed = true;
      if (stopped) return;
      since = since || Date.now();
      if (!saving) { if (pause === FIRST_PAUSE) say("unsaved"); later(Math.max(0, Math.min(QUIET, LONGEST - (Date.now() - since)))); }
    });
    form.addEventListener("submit", async (event) => {
      clearTimeout(timer);
      if (saving) {
        event.preventDefault();
        await saving;
        clearTimeout(timer);
        if (!stopped) form.requestSubmit(event.submitter);
        return;
      }
      leaving = true;
    });
    addEventListener("online", () => { if (changed && !saving) later(0); });
    document.addEventListener("visibilitychange", () => { if (document.hidden && changed && !saving) save(); });
    addEventListener("beforeunload", (event) => { if (!leaving && !root.hidden && (changed || saving)) event.preventDefault(); });
    addEventListener("pageshow", () => { leaving = false; });
  }
  all("form[data-autosave]").forEach(autosave);

  // A submission's length, and that of each recommendation to be read out, while it is written, counted as words/counting.py does; citations do not count.
  function countWords(form) {
    const shown = form.querySelector("[data-word-count]");
    const words = (text) => text.replace(/\[\s*[EeЕе][^\]]*\]/g, "").split(/[\s\u2013\u2014]+/).filter((piece) => /[\p{L}\p{N}]/u.test(piece)).length;
    const count = () => {
      let sum = 0;
      form.querySelectorAll('[name$="-heading"], [name$="-text"], [name^="ask_"]').forEach((field) => { sum += words(field.value); });
      shown.textContent = sum;
      shown.classList.toggle("refused", sum > Number(form.dataset.wordLimit));
    };
    form.addEventListener("input", count);
    count();
  }
  all("[data-word-limit]").forEach(countWords);
})();
