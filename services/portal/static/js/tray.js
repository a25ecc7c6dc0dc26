// The tray takes scans and quick amounts without leaving the page; each is sent before the next is taken.
import { play } from "./sound.js";

const place = document.querySelector("[data-tray-place]");
let queue = Promise.resolve();

function say(words, state) {
  const answer = place.querySelector("[data-scan-answer]");
  if (!answer) return;
  answer.dataset.state = state;
  answer.textContent = words;
}

function show(html, hadFocus) {
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[data-tray]");
  if (!fresh) throw new Error("no tray");
  place.querySelector("[data-tray]").replaceWith(fresh);
  if (hadFocus) document.getElementById("tray-code")?.focus();
  play(fresh.querySelector("[data-scan-answer]")?.dataset.state === "good" ? "good" : "bad");
}

/** The key goes with the fields as they stand when its turn comes: after the answer to the one before. */
async function send(fields) {
  const form = place.querySelector("[data-tray-form]");
  const body = new URLSearchParams(new FormData(form));
  for (const name of ["code", "quick"]) body.delete(name);
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  body.set("fragment", "1");
  say(fields.code ? `Looking up ${fields.code}…` : "Noting…", "");
  const hadFocus = document.activeElement?.id === "tray-code";
  try {
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body, headers: { Accept: "text/html" } });
    if (answer.redirected) return location.assign(location.href);
    show(await answer.text(), hadFocus);
  } catch {
    say(`${fields.code ?? "This"} is not noted: no answer. Scan it again.`, "bad");
    play("bad");
  }
  return undefined;
}

function enqueue(fields) {
  queue = queue.then(() => send(fields));
}

if (place.querySelector("[data-tray-form]")) {
  document.addEventListener("scan", (event) => enqueue({ code: event.detail.code }));
  place.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-tray-form]")) return;
    event.preventDefault();
    const pressed = event.submitter;
    if (pressed?.name === "quick") return enqueue({ quick: pressed.value });
    const code = event.target.elements.code.value.trim();
    event.target.elements.code.value = "";
    if (code) enqueue({ code });
    return undefined;
  });
}
