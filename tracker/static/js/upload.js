/* Sends files piece by piece, so that a poor connection costs a piece and not the file. Without it the form sends them whole. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-pieces]");
  if (!form || !window.fetch) return;
  const box = form.querySelector(".pieces");
  const says = box.querySelector("[role=status]");
  const bar = box.querySelector("progress");
  const pause = box.querySelector("[data-pause]");
  const field = form.querySelector("input[type=file]");
  const send = form.querySelector(".form-actions button");
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const headers = { "X-CSRFToken": token, "X-Requested-With": "fetch" };
  const [pauseWord, goOnWord] = [pause.textContent, pause.dataset.goOn];
  let paused = false;
  let wake = null;

  const mega = (bytes) => (bytes / 1048576).toFixed(1);
  const say = (which, values = {}) => {
    says.textContent = box.dataset[which].replace(/\{(\w+)\}/g, (_, key) => values[key]);
  };
  const nap = (milliseconds) => new Promise((done) => {
    const timer = setTimeout(done, milliseconds);
    wake = () => { clearTimeout(timer); done(); };
  });
  addEventListener("online", () => wake && wake());
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.textContent = paused ? goOnWord : pauseWord;
    if (wake) wake();
  });

  /* Asks until there is an answer: a connection that is away is waited for, longer each time. */
  const ask = async (url, options) => {
    for (let wait = 1000; ; wait = Math.min(wait * 2, 30000)) {
      let answer = null;
      try {
        answer = await fetch(url, { credentials: "same-origin", redirect: "manual", ...options });
      } catch { /* not reached: asked again */ }
      if (answer && answer.type === "opaqueredirect") throw new Error(box.dataset.failed);
      if (answer && answer.status < 500) return answer;
      say("waiting");
      await nap(wait);
    }
  };
  const read = async (answer) => {
    let told = {};
    try { told = await answer.json(); } catch { /* no JSON: a page of the site, such as the sign-in */ }
    if (answer.ok || answer.status === 409) return told;
    throw new Error(told.problem || box.dataset.failed);
  };

  const sendFile = async (file) => {
    const begin = await ask(form.dataset.pieces, { method: "POST", headers, body: new URLSearchParams({ name: file.name, size: file.size }) });
    const place = await read(begin);
    let at = place.received;
    while (at < file.size) {
      while (paused) { say("paused", { done: mega(at), size: mega(file.size) }); await nap(3600000); }
      say("sending", { name: file.name, done: mega(at), size: mega(file.size) });
      bar.value = 100 * at / file.size;
      const piece = file.slice(at, at + place.piece);
      const answer = await ask(`${place.url}?start=${at}`, {
        method: "POST", headers: { ...headers, "Content-Type": "application/octet-stream" }, body: piece,
      });
      at = (await read(answer)).received;
    }
    bar.value = 100;
    say("judging", { name: file.name });
    const finished = await ask(place.finish, { method: "POST", headers });
    /* No longer there: it was put together before, and the answer was lost on its way. The item's page tells. */
    return finished.status === 404 ? place.done : (await read(finished)).done;
  };

  form.addEventListener("submit", async (event) => {
    if (!field.files.length) return;
    event.preventDefault();
    box.hidden = false;
    pause.hidden = false;
    send.disabled = true;
    try {
      let done = "";
      for (const file of [...field.files]) done = await sendFile(file);
      location.assign(done);
    } catch (trouble) {
      says.textContent = trouble.message;
      pause.hidden = true;
      send.disabled = false;
    }
  });
})();
