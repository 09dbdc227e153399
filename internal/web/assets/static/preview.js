// The preview of a text, fetched when it is asked for: a page of the server in a frame, so that the page of the form
// needs no way to write HTML. Each form works without this file.
export const preview = (button) => {
  const box = button.closest(".rich"), area = box.querySelector("textarea"), shown = box.querySelector("iframe");
  button.setAttribute("aria-pressed", String(!shown));
  area.hidden = !shown;
  if (shown) { shown.remove(); area.focus(); return; }
  const name = "preview-" + area.id;
  box.append(make("iframe", { name, title: button.dataset.title, class: "preview" }));
  const text = make("textarea", { name: "text" }), form = make("form", { method: "post", action: button.dataset.preview, target: name }, text);
  text.value = area.value;
  form.hidden = true;
  document.body.append(form);
  form.submit();
  form.remove();
};
