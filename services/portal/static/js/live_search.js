// <form data-live-search data-live-url="…">: [data-live-results] follows what is typed. Without it the form just sends.
const WAIT_MS = 150;

for (const form of document.querySelectorAll("form[data-live-search]")) {
  const field = form.querySelector("input[type=search]");
  const results = document.querySelector("[data-live-results]");
  let timer = 0;
  let running = null;

  async function look() {
    running?.abort();
    running = new AbortController();
    const query = `?${new URLSearchParams(new FormData(form))}`;
    try {
      const answer = await fetch(form.dataset.liveUrl + query, { headers: { Accept: "text/html" }, signal: running.signal });
      // Anything but a plain answer (signed out, away) is better shown as a page of its own.
      if (!answer.ok || answer.redirected) return form.requestSubmit();
      results.replaceChildren(...new DOMParser().parseFromString(await answer.text(), "text/html").body.childNodes);
      // Reload and Back come to the same rows.
      history.replaceState(null, "", form.getAttribute("action") + query);
    } catch (error) {
      if (error.name !== "AbortError") results.textContent = "No connection. Press Find to try again.";
    }
    return undefined;
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, WAIT_MS);
  });
  form.addEventListener("submit", () => clearTimeout(timer));
}
