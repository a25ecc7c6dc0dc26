// A keyboard-wedge scanner types. It is told apart by its pace: every character follows the last
// within a few milliseconds, and Enter or Tab ends it. Symbology prefixes ("]d2") are trusted at a
// slower pace, because radio scanners sometimes stutter.
//
// A scan is announced wherever the focus is:  document "scan" event, detail {code}.
// What the scan typed into a focused field is taken out again, except in a field marked
// data-scan="field", which wants to receive codes itself.

export const WEDGE = { gapMs: 70, meanMs: 35, prefixGapMs: 200, minLength: 4, prefix: /^\](?:[A-Za-z]\d?)?/ };

export const NOTHING = Object.freeze({ text: "", first: 0, last: 0 });

/**
 * One key of a stream; pure, so that it can be tested with made-up times.
 * @param {{text: string, first: number, last: number}} burst what has been typed without a pause
 * @param {string} key the key as KeyboardEvent.key names it; "\u001d" for GS1's separator
 * @param {number} at milliseconds
 * @returns {{burst: object, scan: string|null, started: boolean}} started: this key began a new burst
 */
export function step(burst, key, at, wedge = WEDGE) {
  const gap = at - burst.last;
  const trusted = wedge.prefix.test(burst.text);
  const continues = burst.text !== "" && gap <= (trusted ? wedge.prefixGapMs : wedge.gapMs);
  if (key === "Enter" || key === "Tab") {
    const mean = (at - burst.first) / burst.text.length;
    const isScan =
      continues && burst.text.length >= wedge.minLength && (trusted || mean <= wedge.meanMs);
    return { burst: NOTHING, scan: isScan ? burst.text : null, started: false };
  }
  // Shift, CapsLock and the like are part of how a scanner types capitals.
  if (key.length > 1) {
    const ends = !["Shift", "CapsLock", "Control", "Alt", "AltGraph"].includes(key);
    return { burst: ends ? NOTHING : burst, scan: null, started: false };
  }
  if (continues) return { burst: { ...burst, text: burst.text + key, last: at }, scan: null, started: false };
  return { burst: { text: key, first: at, last: at }, scan: null, started: true };
}

// Scanners send GS1's invisible separator as Ctrl+], or as the bare character.
function keyOf(event) {
  if (event.ctrlKey && (event.key === "]" || event.code === "BracketRight")) return "\u001d";
  return event.key;
}

function remember(field) {
  if (!field.matches?.("input, textarea") || typeof field.value !== "string") return null;
  return { field, value: field.value };
}

function restore(before) {
  if (!before || before.field.value === before.value) return;
  before.field.value = before.value;
  before.field.dispatchEvent(new Event("input", { bubbles: true }));
}

export function startScanner(root) {
  let burst = NOTHING;
  let before = null;

  root.addEventListener(
    "keydown",
    (event) => {
      if (event.repeat || event.target.closest?.("[data-scan=field]")) {
        burst = NOTHING;
        return;
      }
      const key = keyOf(event);
      const answer = step(burst, key, event.timeStamp);
      burst = answer.burst;
      if (answer.started) before = remember(event.target);
      if (key === "\u001d" && !answer.started) event.preventDefault();
      if (answer.scan === null) return;
      // Neither the page's keys nor the form may take this Enter for a person's.
      event.preventDefault();
      event.stopImmediatePropagation();
      restore(before);
      root.dispatchEvent(new CustomEvent("scan", { detail: { code: answer.scan } }));
    },
    true,
  );
}
