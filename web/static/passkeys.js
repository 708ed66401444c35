// Passkeys: asks the server what to sign, the browser for the key, and sends its answer with the form.
"use strict";

const bytes = text => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), one => one.charCodeAt(0));
const text = buffer => btoa(Array.from(new Uint8Array(buffer), one => String.fromCharCode(one)).join(""))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const keys = list => (list || []).map(one => ({ ...one, id: bytes(one.id) }));

function asked(options) {
  const made = { ...options, challenge: bytes(options.challenge) };
  if (options.user) made.user = { ...options.user, id: bytes(options.user.id) };
  if (options.excludeCredentials) made.excludeCredentials = keys(options.excludeCredentials);
  if (options.allowCredentials) made.allowCredentials = keys(options.allowCredentials);
  return made;
}

function answered(key) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (key.response[name]) response[name] = text(key.response[name]);
  }
  return JSON.stringify({ id: key.id, rawId: text(key.rawId), type: key.type, response });
}

// Pages in another language bring these along, as attributes of the form.
const WORDS = {
  notAllowedError: "No passkey was given, or it took too long.",
  invalidStateError: "This device holds a passkey of yours already.",
  notSupportedError: "This device cannot keep such a passkey.",
  abortError: "It was broken off.",
  elsewhere: "Passkeys belong to #: open this page there.",
  tooOld: "The page is too old: load it anew.",
  failed: "It did not work.",
};
const say = (form, word) => form.dataset[word] || WORDS[word];
const inWords = (form, name) => say(form, name.charAt(0).toLowerCase() + name.slice(1));

async function go(form) {
  if (location.origin !== form.dataset.origin) {
    throw new Error(say(form, "elsewhere").replace("#", form.dataset.origin));
  }
  const answer = await fetch(form.dataset.ask, { method: "POST", body: new FormData(form) });
  const isJson = (answer.headers.get("Content-Type") || "").startsWith("application/json");
  const options = isJson ? await answer.json() : { problem: say(form, "tooOld") };
  if (options.problem) throw new Error(options.problem);
  const key = await navigator.credentials[form.dataset.passkey]({ publicKey: asked(options) });
  form.elements.credential.value = answered(key);
  // The password has done its work; it is not sent a second time.
  if (form.elements.password) form.elements.password.disabled = true;
  form.submit();
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  const button = form.querySelector("button");
  const error = form.querySelector(".error");
  form.addEventListener("submit", event => {
    event.preventDefault();
    button.disabled = true;
    error.hidden = true;
    go(form).catch(problem => {
      error.textContent = inWords(form, problem.name) || problem.message || say(form, "failed");
      error.hidden = false;
      button.disabled = false;
    });
  });
}
