/* Passkeys: asks the browser, puts its answer into the form's hidden field, and sends the form. */
(() => {
  "use strict";
  if (!window.webauthnJSON || !window.PublicKeyCredential) return;
  const trouble = document.getElementById("passkey-trouble");
  const say = (shown) => { if (trouble) { trouble.hidden = !shown; if (shown) trouble.scrollIntoView({ block: "nearest" }); } };

  const optionsOf = async (form) => {
    if (form.dataset.options) {
      const data = JSON.parse(document.getElementById(form.dataset.options).textContent);
      return data.creation_options || data.request_options;
    }
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return (await answer.json()).request_options;
  };

  /* A passkey that signs in alone lies in the device and asks for finger, face or PIN each time. */
  const alone = (form, options) => {
    const box = form.elements.passwordless;
    if (!box || !box.checked) return;
    const choice = options.publicKey.authenticatorSelection;
    choice.residentKey = "required";
    choice.requireResidentKey = true;
    choice.userVerification = "required";
  };

  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      say(false);
      try {
        const options = await optionsOf(form);
        if (form.dataset.passkey === "create") alone(form, options);
        const credential = await window.webauthnJSON[form.dataset.passkey](options);
        form.elements.credential.value = JSON.stringify(credential);
        form.submit();
      } catch {
        say(true);
      }
    });
  });
})();
