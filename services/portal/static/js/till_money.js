// Amounts on the till: reading what was typed and writing cents, without ever making a fraction of a cent.

/** "1,280.5" -> 128050; null when it is not an amount. Digits only: no float touches it. */
export function centsOf(typed) {
  const match = /^\s*\$?(\d{1,3}(?:,\d{3})+|\d{0,9})(?:\.(\d{0,2}))?\s*$/.exec(typed);
  if (!match || (match[1] === "" && !match[2])) return null;
  return Number(match[1].replaceAll(",", "") + (match[2] ?? "").padEnd(2, "0"));
}

/** 128050 -> "1,280.50"; minus is drawn as a minus. */
export function amountOf(cents) {
  const digits = String(Math.abs(cents)).padStart(3, "0");
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${cents < 0 ? "\u2212" : ""}${whole}.${digits.slice(-2)}`;
}

/** Notes a person is likely to hand over for this amount: the amount itself, then round sums above it. */
export function likelyCash(totalCents) {
  const steps = [500, 1000, 2000, 5000, 10000];
  const sums = steps.map((step) => Math.ceil(totalCents / step) * step);
  return [...new Set([totalCents, ...sums])].sort((a, b) => a - b).slice(0, 4);
}
