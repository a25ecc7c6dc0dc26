// Today: the board renews itself, the screening opens in a dialog, and a chosen visit obeys its own keys.
import { nameOf } from "./keys.js";

const EVERY_MS = 10000;
const LATE_AFTER = 2;

const place = document.querySelector("[data-board-place]");
const said = document.querySelector("[data-board-state]");
const dialog = document.getElementById("check-in");
let failures = 0;
let freshAt = place.querySelector("[data-board]").dataset.hour;

function swap(fresh) {
  const old = place.querySelector("[data-board]");
  if (old.dataset.digest === fresh.dataset.digest) return;
  const focused = place.contains(document.activeElement) ? document.activeElement.id : "";
  old.replaceWith(fresh);
  // Whoever was chosen stays chosen, also in another column.
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  if (focused && document.activeElement === document.body) {
    document.getElementById(focused.replace(/^[a-z]+-/, "who-"))?.focus({ preventScroll: true });
  }
}

async function renew() {
  if (document.hidden || dialog.open || place.querySelector("form[data-sent]")) return;
  try {
    const answer = await fetch(place.dataset.boardUrl, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) throw new Error(answer.redirected ? "signed out" : "no board");
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-board]");
    failures = 0;
    freshAt = fresh.dataset.hour;
    swap(fresh);
    said.dataset.state = "";
    said.textContent = `As of ${freshAt}`;
  } catch (error) {
    failures += 1;
    if (failures < LATE_AFTER && error.message !== "signed out") return;
    said.dataset.state = "late";
    said.textContent =
      error.message === "signed out"
        ? `You were signed out. This is how it stood at ${freshAt}: load the page again.`
        : `Out of date: this is how it stood at ${freshAt}. Asking again…`;
  }
}

function openScreening(link) {
  const form = dialog.querySelector("[data-check-in-form]");
  form.action = link.getAttribute("href");
  form.elements.version.value = link.dataset.version;
  form.elements.status.value = link.dataset.status;
  dialog.querySelector("[data-check-in-name]").textContent = link.dataset.name;
  dialog.showModal();
}

/** The card nearest in the direction of an arrow key: above or below in its column, or beside it. */
function neighbour(card, key) {
  const columns = [...place.querySelectorAll(".board-column")].map((column) => [...column.querySelectorAll("[data-visit]")]);
  if (!card) return columns.flat()[0];
  const at = columns.findIndex((cards) => cards.includes(card));
  const row = columns[at].indexOf(card);
  if (key === "ArrowDown") return columns[at][row + 1];
  if (key === "ArrowUp") return columns[at][row - 1];
  const side = key === "ArrowRight" ? columns.slice(at + 1) : columns.slice(0, at).reverse();
  const cards = side.find((some) => some.length > 0);
  return cards?.[Math.min(row, cards.length - 1)];
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-check-in]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  openScreening(link);
});

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.repeat || dialog.open || event.target.matches("input, select, textarea")) return;
  const card = document.activeElement.closest?.("[data-visit]");
  const key = nameOf(event);
  if (key.startsWith("Arrow")) {
    const next = neighbour(card, key);
    if (!next) return;
    event.preventDefault();
    next.querySelector("[data-visit-link]").focus();
    return;
  }
  const action = card && [...card.querySelectorAll("[data-card-key]")].find((one) => one.dataset.cardKey === key);
  if (!action) return;
  event.preventDefault();
  action.click();
});

setInterval(renew, EVERY_MS);
document.addEventListener("visibilitychange", renew);
