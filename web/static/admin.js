// Saves waiting and reaching for the mouse; without it every page does the same.
"use strict";

const root = document.currentScript.dataset.root;
const CHOSEN = document.currentScript.dataset.chosen || "# chosen";
const OFF = "feedwright-keys-off";
const GO = { o: "/", s: "/sources", t: "/topics", u: "/authors", a: "/articles", f: "/feeds", l: "/log", e: "/settings" };

const isField = one => one && (one.isContentEditable || /^(input|textarea|select)$/i.test(one.tagName)) && !/^(checkbox|radio|button|submit)$/.test(one.type);
const isOff = () => { try { return localStorage.getItem(OFF) === "1"; } catch { return false; } };
const rows = () => [...document.querySelectorAll("table.rows tbody tr")].filter(row => row.querySelector("th a, td a"));

let before = "";
let place = -1;
let lastBox = null;

function move(step) {
  const all = rows();
  if (!all.length) return;
  place = Math.min(Math.max(place + step, 0), all.length - 1);
  all.forEach((row, number) => row.classList.toggle("here", number === place));
  const link = all[place].querySelector("th a");
  link.focus({ preventScroll: true });
  all[place].scrollIntoView({ block: "nearest" });
}

function choose(isRange) {
  const all = rows();
  const box = place >= 0 && all[place].querySelector("input[type=checkbox]");
  if (!box) return;
  const boxes = all.map(row => row.querySelector("input[type=checkbox]")).filter(Boolean);
  if (isRange && lastBox) {
    const [from, to] = [boxes.indexOf(lastBox), boxes.indexOf(box)].sort((a, b) => a - b);
    boxes.slice(from, to + 1).forEach(one => { one.checked = true; });
  } else {
    box.checked = !box.checked;
  }
  lastBox = box;
  count();
}

function count() {
  const chosen = document.querySelectorAll("table.rows input[type=checkbox]:checked").length;
  document.querySelectorAll(".bulk output").forEach(one => { one.textContent = chosen ? CHOSEN.replace("#", chosen) : ""; });
}

function press(selector) {
  const one = document.querySelector(selector);
  if (one) one.click();
  return Boolean(one);
}

const KEYS = {
  "/": () => { const one = document.querySelector("form[role=search] input[type=search], #address"); if (one) { one.focus(); one.select(); } },
  "?": () => document.getElementById("keys").showModal(),
  j: () => move(1),
  k: () => move(-1),
  x: () => choose(false),
  X: () => choose(true),
  n: () => press(".head .button.filled"),
  p: () => press("main button[value=poll]"),
  e: () => press('main a[href$="/change"], main .tabs a[href$="/settings"], main .tabs a[href$="/rule"]'),
  z: () => press(".notice button"),
};

document.addEventListener("keydown", event => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form) {
    const button = event.target.form.querySelector("button.filled, button:not([type=button])");
    if (button) { event.preventDefault(); event.target.form.requestSubmit(button); }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isField(event.target) || isOff() || document.querySelector("dialog[open]")) return;
  if (before === "g") {
    before = "";
    if (GO[event.key]) { event.preventDefault(); location.href = `${root}/admin${GO[event.key]}`; }
    return;
  }
  if (event.key === "g") { before = "g"; return; }
  if (KEYS[event.key]) { event.preventDefault(); KEYS[event.key](); }
});

document.addEventListener("change", event => {
  if (event.target.matches("table.rows input[type=checkbox]")) { lastBox = event.target; count(); }
  if (event.target.id === "keys-off") {
    try { localStorage.setItem(OFF, event.target.checked ? "1" : "0"); } catch { /* kept for this page alone */ }
  }
});

const off = document.getElementById("keys-off");
if (off) off.checked = isOff();

// Pages that tell progress look again: what is shown stays until the new is there, and nothing moves under the hands.
const fresh = async () => {
  const answer = await fetch(location.href, { headers: { "X-Progress": "1" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return { answer, page };
};

const wait = Number(document.body.dataset.refresh || 0);
if (wait) {
  const look = async () => {
    const main = document.querySelector("main > .wide");
    try {
      const { answer, page } = await fresh();
      // Done: the page itself leads on, with what is to be said there.
      if (answer.status === 204 || answer.redirected) { location.reload(); return; }
      const next = page.querySelector("main > .wide");
      if (next && !(main.contains(document.activeElement) && document.activeElement !== document.body)) main.replaceChildren(...next.childNodes);
      if (!page.body.dataset.refresh) return;
    } catch { /* asked again */ }
    setTimeout(look, wait * 1000);
  };
  setTimeout(look, wait * 1000);
}

for (const part of document.querySelectorAll("[data-live-every]")) {
  setInterval(async () => {
    if (document.hidden || part.contains(document.activeElement)) return;
    try {
      const { answer, page } = await fresh();
      const next = !answer.redirected && page.querySelector("[data-live-every]");
      if (next && !part.contains(document.activeElement)) part.replaceChildren(...next.childNodes);
    } catch { /* asked again */ }
  }, part.dataset.liveEvery * 1000);
}

// What a rule would change, shown again while it is typed; the former result stays until the new one is there.
const editor = document.querySelector("form[data-live]");
if (editor) {
  let timer = 0;
  let asked = 0;
  editor.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const mine = ++asked;
      const body = new FormData(editor);
      body.set("do", "try");
      const answer = await fetch(editor.action, { method: "POST", body });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector(".result");
      const shown = document.querySelector(".result");
      if (mine !== asked || shown.contains(document.activeElement)) return;
      const wrong = page.querySelector(".errors");
      if (answer.ok && fresh) shown.replaceChildren(...fresh.childNodes);
      else if (wrong) shown.replaceChildren(wrong);
    }, 400);
  });
}
