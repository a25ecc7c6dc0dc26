// A double click sends a form once. The pressed button may say what happens: data-busy="Taking payment…".
// A form whose sending carries a key that the server honours (data-resend) may be sent again after a while.
const AGAIN_MS = 10000;

function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[data-was-enabled]")) {
    button.disabled = false;
    delete button.dataset.wasEnabled;
    const words = button.querySelector("span") ?? button;
    if (button.dataset.words) words.textContent = button.dataset.words;
  }
}

function hold(form, pressed) {
  for (const button of form.elements) {
    if (button.type !== "submit" || button.disabled) continue;
    button.disabled = true;
    button.dataset.wasEnabled = "";
  }
  if (!pressed?.dataset.busy) return;
  const words = pressed.querySelector("span") ?? pressed;
  pressed.dataset.words = words.textContent;
  words.textContent = pressed.dataset.busy;
}

export function startOnce(root) {
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent !== undefined) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "";
    // After this turn: a button disabled now would leave its name and value out of what is sent.
    setTimeout(() => hold(form, event.submitter));
    if (form.dataset.resend !== undefined) setTimeout(() => release(form), AGAIN_MS);
  });
  // The browser's Back may bring the page as it was left, with everything still disabled.
  addEventListener("pageshow", (event) => {
    if (event.persisted) root.querySelectorAll("form[data-sent]").forEach(release);
  });
}
