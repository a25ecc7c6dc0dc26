// How it is paid. The server computes what is owed; the page only subtracts what is handed over,
// and asks early what the server will ask again.
import { amountOf, centsOf, likelyCash } from "./till_money.js";
import { fill } from "./till_history.js";

export function tenders(form) {
  const part = (name) => form.querySelector(`[data-till-${name}]`);
  const tendered = part("tendered");
  const splitFields = [...form.querySelectorAll("[data-till-split-amount]")];
  const amountIn = (field) => centsOf(field.value) ?? 0;
  const way = () => form.elements.pay.value;
  const shared = () => splitFields.reduce((sum, field) => sum + amountIn(field), 0);
  const cashDue = (total) => (way() === "split" ? amountIn(part("cash-amount")) : total);

  function drawNotes(total) {
    const sums = total > 0 ? likelyCash(total) : [];
    part("notes").replaceChildren(
      ...sums.map((cents) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "button";
        button.textContent = cents === total ? "Exact" : amountOf(cents).replace(".00", "");
        button.addEventListener("click", () => {
          fill(tendered, amountOf(cents));
          button.blur();
        });
        return button;
      }),
    );
  }

  function draw(total) {
    if (total === null) return;
    const handed = centsOf(tendered.value);
    const change = handed === null ? 0 : handed - cashDue(total);
    part("change").textContent = amountOf(Math.abs(change));
    part("change-word").textContent = change < 0 ? "Still missing" : "Change";
    part("left").textContent = amountOf(Math.abs(total - shared()));
    part("left-word").textContent = shared() > total ? "Too much by" : "Still to share out";
  }

  /** The field where the next thing is typed, once a way is chosen. */
  function focusFirst() {
    const first = way() === "split" ? part("cash-amount") : form.querySelector(`[data-till-panel="${way()}"] [data-till-first]`);
    first?.focus();
  }

  function obstacles(total) {
    const errors = {};
    if (total > 0 && !way()) errors.pay = "How is it paid? Press C for cash, K for card, Q for cheque or S to split.";
    if (way() === "split" && shared() !== total) {
      errors.pay = `The parts make ${amountOf(shared())}, the total is ${amountOf(total)}.`;
    }
    const takesCash = way() === "cash" || (way() === "split" && amountIn(part("cash-amount")) > 0);
    if (!takesCash || tendered.value.trim() === "") return errors;
    const handed = centsOf(tendered.value);
    const due = cashDue(total);
    if (handed === null) errors[tendered.name] = "Type an amount like 280 or 280.00.";
    else if (handed < due) errors[tendered.name] = `That is ${amountOf(due - handed)} less than the cash due.`;
    return errors;
  }

  return { draw, drawNotes, focusFirst, obstacles };
}
