// Page-wide keys, declared in HTML:
//   data-key="F1"            on a button, link, label, summary or field: presses, opens or focuses it
//   data-key-label="Face"    what the key list calls it (else its own words)
//   data-escape              Escape presses it (a way back), unless somebody is typing
//   data-escape="undo"       Escape presses it even while typing in the same form (undoes the last step)
//   data-opens="<dialog id>" opens a dialog
// Letters never act while somebody types in a field; function keys and combinations with Alt do.
import { WEDGE } from "./scanner.js";

const TYPING = "input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit]), textarea, select, [contenteditable]";
const PRESSED_BY_ENTER = "a[href], button, summary, select, textarea, input:not([type=checkbox]):not([type=radio])";

/** The name a key event has in data-key: "F1", "C", "/", "Alt+1", "Enter". */
export function nameOf(event) {
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("Ctrl");
  if (event.altKey) parts.push("Alt");
  // Shift is part of a printed character ("?"), and is named only with keys that print nothing.
  if (event.shiftKey && event.key.length > 1) parts.push("Shift");
  // With Alt some layouts print another character; the physical key is what the page shows.
  const physical = event.altKey && /^(?:Digit|Key)(.)$/.exec(event.code);
  return [...parts, physical ? physical[1] : key].join("+");
}

function isShown(element) {
  return !element.disabled && element.checkVisibility({ visibilityProperty: true });
}

/** A list takes the letters its choices begin with; any other letter is a key of the page (C after a depth). */
function isTyping(event) {
  const field = event.target;
  if (!field.matches?.(TYPING)) return false;
  if (!field.matches("select") || !/^\p{L}$/u.test(event.key)) return true;
  const letter = event.key.toLowerCase();
  return [...field.options].some((option) => option.text.trim().toLowerCase().startsWith(letter));
}

/** Keys inside an open dialog hide those of the page behind it. */
function scopeOf(root) {
  return [...root.querySelectorAll("dialog[open]")].at(-1) ?? root;
}

function targetOf(root, name) {
  return [...scopeOf(root).querySelectorAll("[data-key]")].find(
    (element) => element.dataset.key === name && (isShown(element) || element.closest("details.menu")),
  );
}

function press(element) {
  if (element.matches(TYPING)) {
    element.focus();
    if (typeof element.select === "function") element.select();
  } else {
    element.click();
  }
}

function escape(root, event) {
  if (scopeOf(root) !== root || root.querySelector("details.menu[open]")) return;
  const typing = event.target.matches?.(TYPING);
  // Leaving the field first lets its change be noticed, so that there is a step to undo.
  if (typing) event.target.blur();
  const ways = [...root.querySelectorAll("[data-escape]")].filter(isShown);
  const way = ways.findLast(
    (element) => !typing || (element.dataset.escape === "undo" && element.form === event.target.form),
  );
  if (!way) return;
  event.preventDefault();
  way.click();
}

function wordsOf(element) {
  if (element.dataset.keyLabel) return element.dataset.keyLabel;
  const copy = element.cloneNode(true);
  copy.querySelectorAll("kbd").forEach((key) => key.remove());
  return copy.textContent.trim() || element.getAttribute("aria-label") || "";
}

function listKeys(root, list) {
  const declared = [...root.querySelectorAll("[data-key]")].filter(
    (element) => !element.closest("dialog") && (isShown(element) || element.closest("details.menu")),
  );
  const rows = declared.map((element) => [element.dataset.key.replace("+", " "), wordsOf(element)]);
  const back = [...root.querySelectorAll("[data-escape]")].filter(isShown).at(-1);
  if (back) rows.push(["Esc", wordsOf(back)]);
  list.replaceChildren(
    ...rows.flatMap(([key, words]) => {
      const term = document.createElement("dt");
      const cap = document.createElement("kbd");
      cap.textContent = key;
      term.append(cap);
      const meaning = document.createElement("dd");
      meaning.textContent = words;
      return [term, meaning];
    }),
  );
}

function openDialog(root, id) {
  const dialog = root.getElementById(id);
  const list = dialog.querySelector("[data-key-list]");
  if (list) listKeys(root, list);
  dialog.showModal();
}

export function startKeys(root) {
  let held = 0;

  for (const element of root.querySelectorAll("[data-key]")) {
    element.setAttribute("aria-keyshortcuts", element.dataset.key.replace("Ctrl", "Control"));
  }

  // The Enter that ends a scan never comes by here, so its last letter must be forgotten here.
  root.addEventListener("scan", () => clearTimeout(held));

  root.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) openDialog(root, opener.dataset.opens);
  });

  root.addEventListener("keydown", (event) => {
    clearTimeout(held);
    if (event.defaultPrevented || event.repeat || event.isComposing) return;
    const name = nameOf(event);
    if (name === "Escape") {
      escape(root, event);
      return;
    }
    const isFunctionKey = /^(.*\+)?F\d{1,2}$/.test(name);
    const isCombined = event.altKey || event.ctrlKey || event.metaKey;
    if (isTyping(event) && !isFunctionKey && !isCombined) return;
    if (name === "Enter" && event.target.matches?.(PRESSED_BY_ENTER)) return;
    const element = targetOf(root, name);
    if (!element) return;
    event.preventDefault();
    if (event.key.length > 1 || isCombined) press(element);
    // A scan is letters too: a single letter waits until no second one follows at a scanner's pace.
    else held = setTimeout(() => press(element), WEDGE.gapMs);
  });
}
