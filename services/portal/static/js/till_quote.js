// Asks the server for the total of the form as it stands. The latest question wins; an older answer is dropped.
const WAIT_MS = 120;
const RETRY_MS = 2500;

/** @returns {{ask: function, isPending: function}} told: ({state: "working"|"ready"|"refused"|"trouble", quote?, errors?}) */
export function quoting(form, url, token, told) {
  let timer = 0;
  let asked = 0;
  let isPending = false;

  async function fetchQuote(number) {
    let answer;
    let body;
    try {
      answer = await fetch(url, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token, Accept: "application/json" },
        body: JSON.stringify(Object.fromEntries(new FormData(form))),
      });
      body = await answer.json();
    } catch {
      answer = { ok: false, status: 0 };
    }
    if (number !== asked) return;
    if (answer.ok && body) {
      isPending = false;
      told({ state: "ready", quote: body, errors: body.errors ?? {} });
    } else if (answer.status === 422 && body) {
      isPending = false;
      told({ state: "refused", errors: body.errors ?? {} });
    } else {
      told({ state: "trouble", status: answer.status });
      timer = setTimeout(() => fetchQuote(number), RETRY_MS);
    }
  }

  return {
    ask() {
      clearTimeout(timer);
      isPending = true;
      asked += 1;
      const number = asked;
      told({ state: "working" });
      timer = setTimeout(() => fetchQuote(number), WAIT_MS);
    },
    isPending: () => isPending,
  };
}
