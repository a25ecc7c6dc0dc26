// <details class="menu"> opens by itself; closing on Escape or a click elsewhere is what is missing.
export function startMenus(root) {
  const open = () => root.querySelectorAll("details.menu[open]");

  root.addEventListener("click", (event) => {
    for (const menu of open()) {
      if (!menu.contains(event.target) || event.target.closest("[data-opens]")) menu.open = false;
    }
  });
  // Capture: the menu must close before keys.js looks for another meaning of Escape.
  root.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape") return;
      for (const menu of open()) {
        menu.open = false;
        menu.querySelector("summary").focus();
        event.preventDefault();
      }
    },
    true,
  );
}
