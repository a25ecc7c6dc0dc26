// The button that prints the page, and the address that arrives printing: /books/invoices/<id>#print
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});
if (location.hash === "#print") {
  // Only once: coming back to this page must not print again.
  history.replaceState(null, "", location.pathname + location.search);
  addEventListener("load", () => print());
}
