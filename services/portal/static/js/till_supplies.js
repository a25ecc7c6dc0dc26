// Supplies of the visit: rows planned by recipe, replaced or joined by what is scanned.
import { play } from "./sound.js";

const STATES = {
  ok: ["good", "In date"],
  first: ["", ""],
  expired: ["stop", "Expired"],
  held: ["stop", "On hold"],
  short: ["wait", "Stock will follow"],
};

function fillRow(row, supply) {
  const [kind, words] = STATES[supply.state] ?? STATES.first;
  const field = (part) => row.querySelector(`[name$="-${part}"]`);
  field("sku").value = supply.sku;
  field("planned").value = supply.planned ?? "";
  field("quantity").value = supply.quantity;
  field("lot").value = supply.lot ?? "";
  row.querySelector("[data-supply-name]").textContent = supply.name;
  row.querySelector("[data-supply-unit]").textContent = supply.unit === "each" ? "" : supply.unit;
  row.querySelector("[data-supply-expiry]").textContent = supply.expires ? `exp ${supply.expires}` : "";
  const chip = row.querySelector("[data-supply-state]");
  chip.className = `chip ${kind}`.trim();
  chip.textContent = supply.note || words;
  for (const input of row.querySelectorAll("input[type=text]")) {
    input.setAttribute("aria-label", `${input.dataset.label} of ${supply.name}`);
  }
}

export function supplies(form, changed) {
  const list = form.querySelector("[data-supplies]");
  const pattern = form.querySelector("template[data-supply-row]");
  const empty = form.querySelector("[data-supplies-empty]");
  // Numbers may have gaps: what the server drew keeps the ones it was sent under.
  const numberOf = (row) => Number(row.querySelector('[name$="-sku"]').name.split("-")[1]);
  let next = Math.max(-1, ...[...list.children].map(numberOf)) + 1;

  const skuOf = (row) => row.querySelector('[name$="-sku"]').value;
  const isPlanned = (row) => row.querySelector('[name$="-planned"]').value !== "";
  const quantityOf = (row) => row.querySelector('[name$="-quantity"]');
  const lotOf = (row) => row.querySelector('[name$="-lot"]').value.trim();
  const isTouched = (row) => lotOf(row) !== "" || quantityOf(row).value !== row.querySelector('[name$="-planned"]').value;

  function add(supply) {
    const row = pattern.content.firstElementChild.cloneNode(true);
    for (const input of row.querySelectorAll("[name]")) input.name = input.name.replace("__N__", String(next));
    next += 1;
    fillRow(row, supply);
    list.append(row);
    empty.hidden = true;
    return row;
  }

  /** What the recipes say for the areas now chosen; rows somebody scanned or changed stay. */
  function plan(planned) {
    for (const row of [...list.children]) if (isPlanned(row) && !isTouched(row)) row.remove();
    const kept = new Set([...list.children].map(skuOf));
    for (const supply of planned) if (!kept.has(supply.sku)) add({ ...supply, planned: supply.quantity });
    empty.hidden = list.children.length > 0;
  }

  /** The same piece again is one piece more. */
  function oneMore(row) {
    const field = quantityOf(row);
    const before = field.value;
    field.value = String(Number(before) + 1);
    row.classList.remove("fresh");
    requestAnimationFrame(() => row.classList.add("fresh"));
    changed();
    return () => {
      field.value = before;
    };
  }

  /** A scanned supply replaces the planned rows it names; returns a function that takes it back. */
  function take(supply) {
    const same = [...list.children].find(
      (row) => !isPlanned(row) && skuOf(row) === supply.sku && lotOf(row) === (supply.lot ?? ""),
    );
    if (same && supply.unit === "each") return oneMore(same);
    const replaced = [...list.children].filter(
      (row) => isPlanned(row) && (skuOf(row) === supply.sku || (supply.replaces ?? []).includes(skuOf(row))),
    );
    replaced.forEach((row) => row.remove());
    // The label says which lot, not how much of it: what was planned or typed stays.
    const row = add({ ...supply, quantity: replaced.length === 1 ? quantityOf(replaced[0]).value : supply.quantity });
    row.classList.add("fresh");
    changed();
    return () => {
      row.remove();
      list.append(...replaced);
    };
  }

  return { plan, take };
}

/** Asks the server what a scanned code is; answers {kind: "supply"|"charge"|"go"|"unknown", ...}. */
export async function lookUp(url, token, code) {
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token, Accept: "application/json" },
      body: JSON.stringify({ code }),
    });
    const body = await answer.json();
    return answer.ok ? body : { kind: "unknown", detail: body.detail };
  } catch {
    return { kind: "unknown", detail: "The shelf does not answer. Type what was used; stock will follow." };
  }
}

export function announce(place, state, words) {
  place.dataset.state = state;
  place.textContent = words;
  play(state);
}
