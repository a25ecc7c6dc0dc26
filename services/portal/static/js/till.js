// The till, made fast. Without this file the same form works with a mouse and the "Work out the total" button.
import { showError, showErrors } from "./errors.js";
import { history } from "./till_history.js";
import { billLines } from "./till_lines.js";
import { amountOf } from "./till_money.js";
import { quoting } from "./till_quote.js";
import { announce, lookUp, supplies } from "./till_supplies.js";
import { tenders } from "./till_tenders.js";

const TYPED = "input:not([type=checkbox]):not([type=radio])";
const SIGNED_OUT = "You were signed out. Sign in again in a new tab: what you typed stays here.";
const NO_ANSWER = "Billing does not answer. Nothing is lost; asking again…";

class Till {
  constructor(form) {
    const expected = form.elements.expected_total_cents.value;
    this.form = form;
    this.token = document.querySelector("meta[name=csrf-token]").content;
    this.total = expected === "" ? null : Number(expected);
    this.paysWhenReady = false;
    this.lines = billLines(form);
    this.tenders = tenders(form);
    this.quote = quoting(form, form.dataset.quoteUrl, this.token, (news) => this.hear(news));
    this.shelf = supplies(form, () => this.quote.ask());
    this.history = history(form, this.part("undo"), () => this.settle());
    this.lines.draw();
    this.tenders.drawNotes(this.total);
    this.tenders.draw(this.total);
    if (this.total === null && this.lines.areAny()) this.quote.ask();
  }

  part(name) {
    return this.form.querySelector(`[data-till-${name}]`);
  }

  say(words, state = "") {
    this.part("state").textContent = words;
    this.part("state").dataset.state = state;
  }

  /** News of the total: being worked out, there, refused with reasons, or no answer. */
  hear({ state, quote, errors, status }) {
    this.form.toggleAttribute("data-working", state === "working");
    if (errors) showErrors(this.form, errors);
    if (state === "working") this.say("Working out the total…");
    if (state === "trouble") this.say(status === 401 || status === 403 ? SIGNED_OUT : NO_ANSWER, "trouble");
    if (state === "refused") {
      this.paysWhenReady = false;
      this.say("Put right what is marked, then the total follows.", "trouble");
    }
    if (state !== "ready") return;
    this.draw(quote);
    this.say("");
    if (this.paysWhenReady) this.takePayment();
  }

  draw(quote) {
    this.total = quote.total_cents;
    this.form.elements.expected_total_cents.value = quote.total_cents;
    this.part("discount").textContent = amountOf(-quote.discount_cents);
    this.part("tax").textContent = amountOf(quote.tax_cents);
    this.part("total").textContent = amountOf(quote.total_cents);
    this.lines.drawTotals(quote.lines);
    if (quote.supplies) this.shelf.plan(quote.supplies);
    if (quote.supplies_note !== undefined) this.part("supplies-note").textContent = quote.supplies_note;
    this.tenders.drawNotes(this.total);
    this.tenders.draw(this.total);
  }

  takePayment() {
    this.paysWhenReady = this.quote.isPending();
    if (this.paysWhenReady) {
      this.say("Working out the total, then taking payment…");
      return;
    }
    const errors = this.tenders.obstacles(this.total);
    if (!this.lines.areAny()) errors.lines = "Nothing to pay for yet. Add an area first.";
    showErrors(this.form, errors);
    const wrong = Object.keys(errors)[0];
    if (wrong) this.form.querySelector(`[name="${CSS.escape(wrong)}"]:not([type=radio])`)?.focus();
    else this.form.requestSubmit(this.part("pay"));
  }

  // After undoing, everything that is drawn from the fields is drawn again, and the draft kept anew.
  settle() {
    showErrors(this.form, {});
    this.part("scan").textContent = "";
    this.lines.draw();
    this.tenders.draw(this.total);
    this.quote.ask();
    this.form.dispatchEvent(new Event("input"));
  }

  changed(event) {
    const { name } = event.target;
    this.lines.draw();
    this.tenders.draw(this.total);
    showError(this.form, name, "");
    if (name === "pay") this.tenders.focusFirst();
    else if (!/^tender-/.test(name)) {
      showError(this.form, "lines", "");
      this.quote.ask();
    }
  }

  clicked(event) {
    const area = event.target.closest("[data-adds]");
    if (area) {
      const typing = document.activeElement;
      this.lines.add(area.dataset.adds);
      // A mouse must not leave the focus on the button, where Enter would press it again;
      // a function key must not leave it in a field, where the next letter would be typed.
      if (event.detail > 0) area.blur();
      else if (typing === document.activeElement && typing.matches(TYPED)) typing.blur();
    }
    if (event.target.closest("[data-till-pay]")) {
      event.preventDefault();
      this.takePayment();
    }
  }

  /** Enter in a tender takes the payment; in any other field it only ends that field. */
  pressed(event) {
    if (event.key !== "Enter" || !event.target.matches("input, select")) return;
    event.preventDefault();
    event.target.blur();
    if (/^(tender-|pay$)/.test(event.target.name)) this.takePayment();
  }

  async scanned(code) {
    const place = this.part("scan");
    const typing = document.activeElement;
    if (typing.matches(TYPED)) {
      // What was typed before the scan is a step of its own, and the earlier one.
      typing.blur();
      typing.focus();
    }
    place.textContent = `Looking up ${code}…`;
    const found = await lookUp(this.form.dataset.scanUrl, this.token, code);
    if (found.kind === "charge") this.lines.add(found.code);
    if (found.kind === "supply") this.history.remember(this.shelf.take(found.supply));
    if (found.kind === "go") location.assign(found.href);
    const isBad = found.kind === "unknown" || ["expired", "held"].includes(found.supply?.state);
    announce(place, isBad ? "bad" : "good", found.detail ?? (isBad ? `Nothing is known under ${code}.` : "Taken."));
  }
}

function start(form) {
  const till = new Till(form);
  form.addEventListener("change", (event) => till.changed(event));
  form.addEventListener("click", (event) => till.clicked(event));
  form.addEventListener("keydown", (event) => till.pressed(event));
  form.addEventListener("input", (event) => {
    if (/^tender-/.test(event.target.name ?? "")) till.tenders.draw(till.total);
  });
  form.querySelector("[data-till-discount-fold]").addEventListener("toggle", (event) => {
    if (event.target.open) event.target.querySelector("[data-till-first]").focus();
  });
  document.addEventListener("scan", (event) => till.scanned(event.detail.code));
}

document.querySelectorAll("form[data-till]").forEach(start);
