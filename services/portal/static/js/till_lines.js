// Lines of the bill: one per charge, there from the start, shown when its box is ticked.
import { fill } from "./till_history.js";
import { amountOf } from "./till_money.js";

export function billLines(form) {
  const boxes = [...form.querySelectorAll("[data-till-line] input[type=checkbox]")];
  const buttons = [...form.querySelectorAll("[data-adds]")];
  const nothing = form.querySelector("[data-till-no-lines]");
  const boxOf = (code) => boxes.find((box) => box.value === code);
  const rowOf = (code) => boxOf(code)?.closest("[data-till-line]");
  const areAny = () => boxes.some((box) => box.checked);

  function draw() {
    for (const button of buttons) button.setAttribute("aria-pressed", String(boxOf(button.dataset.adds).checked));
    nothing.hidden = areAny();
  }

  /** The first press adds; the next one goes to what is most likely to be changed. */
  function add(code) {
    const row = rowOf(code);
    if (!row) return;
    const box = boxOf(code);
    const depth = row.querySelector("select");
    const quantity = row.querySelector("input[type=text]");
    if (!box.checked) fill(box, true);
    else if (depth) depth.focus();
    else fill(quantity, String(Number(quantity.value || 0) + 1));
  }

  function drawTotals(lines) {
    for (const line of lines) {
      const place = rowOf(line.charge)?.querySelector("output");
      if (place) place.textContent = amountOf(line.total_cents);
    }
  }

  return { add, areAny, draw, drawTotals };
}
