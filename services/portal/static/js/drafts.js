// Nothing typed is lost: <form data-draft="till" data-draft-url="/drafts/till"> is sent to the server
// as it stands, shortly after each change and when the page goes away. The words about it appear in
// [data-draft-status] inside the form. An answer other than 2xx is said, never hidden.
const WAIT_MS = 600;

const WORDS = {
  401: "You were signed out. Sign in again: what you typed is still here.",
  403: "You were signed out. Sign in again: what you typed is still here.",
  409: "This was changed in another window. Reload to see it before you go on.",
};

function bodyOf(form) {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    const isSecret = form.elements[name]?.type === "password";
    if (typeof value === "string" && !isSecret) body.append(name, value);
  }
  return body;
}

function token(root) {
  return root.querySelector("meta[name=csrf-token]")?.content ?? "";
}

function say(form, state, words) {
  const place = form.querySelector("[data-draft-status]");
  if (!place) return;
  place.dataset.state = state;
  place.textContent = words;
}

function keep(root, form) {
  let timer = 0;
  let running = null;
  let isDirty = false;

  function post(keepalive) {
    running?.abort();
    running = new AbortController();
    return fetch(form.dataset.draftUrl, {
      method: "POST",
      body: bodyOf(form),
      keepalive,
      headers: { "X-CSRFToken": token(root), Accept: "application/json" },
      signal: running.signal,
    });
  }

  async function save() {
    clearTimeout(timer);
    if (!isDirty) return;
    isDirty = false;
    try {
      const answer = await post(false);
      // A redirect leads to the sign-in page: the session has ended.
      const status = answer.redirected ? 401 : answer.status;
      if (status < 300) say(form, "saved", "Kept. You can leave and come back.");
      else say(form, "trouble", WORDS[status] ?? "Not kept yet. Leave this page open.");
    } catch (error) {
      if (error.name === "AbortError") return;
      isDirty = true;
      say(form, "trouble", "No connection. Leave this page open: it is kept as soon as it is back.");
    }
  }

  form.addEventListener("input", () => {
    isDirty = true;
    clearTimeout(timer);
    timer = setTimeout(save, WAIT_MS);
  });
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    // A draft that arrives after the form itself would bring back what has just been finished.
    isDirty = false;
    clearTimeout(timer);
    running?.abort();
  });
  addEventListener("online", save);
  addEventListener("pagehide", () => {
    clearTimeout(timer);
    if (isDirty) post(true).catch(() => {});
  });
}

export function startDrafts(root) {
  for (const form of root.querySelectorAll("form[data-draft]")) keep(root, form);
}
