"use strict";
// What helps to write a text: its preview, a picture. Each form works without this file.
{
  const $ = (selector, root = document) => root.querySelector(selector);
  const make = (tag, attributes = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  };
  // A picture for the text comes with the files.
  for (const button of document.querySelectorAll('[data-mark="image"]')) button.addEventListener("click", () => {
    const input = $("[data-files] input[type=file]", button.closest("form"));
    if (input) input.click(); else button.remove();
  });

  // The preview is a page of the server in a frame: this one needs no way to write HTML.
  for (const button of document.querySelectorAll("[data-preview]")) button.addEventListener("click", () => {
    const box = button.closest(".rich"), area = $("textarea", box), shown = $("iframe", box);
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
  });
}
