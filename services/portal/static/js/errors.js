// Errors beside their field, in the place that the forms macros drew for them (id "field-<name>-error").

export function showError(root, name, words) {
  const place = root.querySelector(`#field-${CSS.escape(name)}-error`);
  if (!place) return;
  place.replaceChildren();
  if (words) {
    const text = document.createElement("span");
    text.textContent = words;
    place.append(text);
  }
  for (const field of root.querySelectorAll(`[name="${CSS.escape(name)}"]:not([type=hidden])`)) {
    if (words) {
      field.setAttribute("aria-invalid", "true");
      field.setAttribute("aria-describedby", place.id);
    } else {
      field.removeAttribute("aria-invalid");
    }
  }
}

/** All at once: what was wrong before and is not in `errors` any more is taken away. */
export function showErrors(root, errors) {
  for (const place of root.querySelectorAll(".error:not(:empty)")) {
    const name = place.id.replace(/^field-(.*)-error$/, "$1");
    if (!(name in errors)) showError(root, name, "");
  }
  for (const [name, words] of Object.entries(errors)) showError(root, name, words);
}
