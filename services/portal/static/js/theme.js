// The choice is a cookie, so that the server draws the next page in it without a flash.
const YEAR_SECONDS = 31536000;

export function startTheme(root) {
  for (const choice of root.querySelectorAll("[data-theme-choice]")) {
    choice.addEventListener("change", (event) => {
      root.documentElement.dataset.theme = event.target.value;
      root.cookie = `theme=${event.target.value}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
    });
  }
}
