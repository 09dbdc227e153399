"use strict";
// The head of the desk as it would be, while one types. Without this file a button shows it.
for (const form of document.querySelectorAll("form[data-front]")) {
  const $$ = (selector) => [...form.querySelectorAll(selector)], sheet = form.querySelector("[data-tried]");
  const field = (name) => form.elements.namedItem(name);
  let timer = 0, asked = null, picture = "";
  const accents = async () => {
    asked?.abort();
    asked = new AbortController();
    const query = "?" + new URLSearchParams({ accent: field("accent").value.trim(), accent_dark: field("accent_dark").value.trim() });
    const said = await fetch(sheet.dataset.tried + "contrast" + query, { signal: asked.signal, headers: { accept: "application/json" } })
      .then((answer) => (answer.ok ? answer.json() : null)).catch(() => null);
    if (!said) return;
    sheet.href = sheet.dataset.tried + "look.css" + query;
    for (const text of $$("[data-tried-said]")) { // the same words are not read out again
      const words = said[text.dataset.triedSaid];
      if (text.textContent !== words) text.textContent = words;
    }
  };
  const heavy = form.querySelector("[data-heavy]");
  const logo = (e) => {
    const chosen = field("logo").files[0];
    if (e.target === field("logo")) { // said at once, and not sent for nothing
      heavy.hidden = !(chosen?.size > Number(heavy.dataset.heavy));
      if (!heavy.hidden) field("logo").value = "";
    }
    const [file] = field("logo").files;
    URL.revokeObjectURL(picture);
    picture = file ? URL.createObjectURL(file) : "";
    const shown = field("no_logo")?.checked ? "" : picture || form.querySelector(".front-logo")?.src;
    for (const image of $$("[data-tried-logo]")) { image.hidden = !shown; if (shown) image.src = shown; }
    for (const drawn of $$("[data-tried-ticket]")) drawn.hidden = Boolean(shown);
  };
  form.addEventListener("input", (e) => {
    if (e.target.name === "name") for (const text of $$("[data-tried-name]")) text.textContent = e.target.value.trim() || "Guichet";
    if (e.target.name.startsWith("accent")) { clearTimeout(timer); timer = setTimeout(accents, 150); }
  });
  form.addEventListener("change", logo);
}
