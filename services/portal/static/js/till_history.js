// Steps of the till that Escape takes back, newest first: field values by themselves, anything else by remember().

function valueOf(form, field) {
  if (field.type === "radio") return form.elements[field.name].value;
  return field.type === "checkbox" ? field.checked : field.value;
}

function setValue(form, field, value) {
  if (field.type === "checkbox") field.checked = value;
  else if (field.type === "radio") form.querySelectorAll(`[name="${CSS.escape(field.name)}"]`).forEach((one) => { one.checked = one.value === value; });
  else field.value = value;
}

/** Fills a field as a person would, so that drafts, totals and history hear of it. */
export function fill(field, value) {
  if (field.type === "checkbox" || field.type === "radio") field.checked = value;
  else field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

export function history(form, button, undone) {
  const known = new Map();
  const steps = [];
  const nameOf = (field) => (field.type === "radio" ? field.name : field);

  function learn(field) {
    if (field.name && field.type !== "hidden") known.set(nameOf(field), valueOf(form, field));
  }

  function remember(undo) {
    steps.push(undo);
    button.disabled = false;
  }

  [...form.elements].forEach(learn);
  form.addEventListener("focusin", (event) => {
    if (!known.has(nameOf(event.target))) learn(event.target);
  });
  form.addEventListener("change", (event) => {
    const field = event.target;
    const before = known.get(nameOf(field));
    if (before === undefined || before === valueOf(form, field)) return;
    learn(field);
    remember(() => {
      setValue(form, field, before);
      learn(field);
    });
  });
  button.addEventListener("click", () => {
    steps.pop()?.();
    button.disabled = steps.length === 0;
    undone();
  });
  button.disabled = true;
  return { remember };
}
