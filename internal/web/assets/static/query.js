"use strict";
// The field of queries: proposals of operators and values while one types (ARIA combobox). The form works without this file.
for (const form of document.querySelectorAll("form[data-complete]")) {
  const input = form.querySelector("input[name=q]"), list = document.createElement("div");
  let asked = null, timer = 0, current = -1, found = [];
  Object.assign(list, { id: "q-list", className: "hits", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset.label);
  input.closest(".find").append(list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) input.setAttribute(name, value);

  const point = (to) => {
    current = to;
    [...list.children].forEach((o, i) => o.setAttribute("aria-selected", String(i === to)));
    if (list.children[to]) {
      input.setAttribute("aria-activedescendant", list.children[to].id);
      list.children[to].scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  };
  const close = () => {
    asked?.abort();
    clearTimeout(timer);
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    point(-1);
  };
  const choose = (item) => {
    const text = [...input.value], before = text.slice(0, item.from).join("") + item.text;
    input.value = before + text.slice(item.to).join("");
    input.setSelectionRange(before.length, before.length);
    close();
    input.focus();
    ask(0);
  };
  const show = () => {
    list.replaceChildren(...found.map((item, i) => {
      const row = document.createElement("div"), name = document.createElement("code"), hint = document.createElement("small");
      row.id = "q-list-" + i;
      row.className = "hit";
      row.setAttribute("role", "option");
      row.setAttribute("aria-selected", "false");
      name.textContent = item.text.trim();
      hint.textContent = item.hint;
      row.append(name, hint);
      row.addEventListener("pointerdown", (e) => { e.preventDefault(); choose(item); });
      return row;
    }));
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    point(-1);
  };
  // Each answer replaces the one before; a question that is no longer the last is given up.
  const ask = (wait) => {
    clearTimeout(timer);
    asked?.abort();
    timer = setTimeout(async () => {
      asked = new AbortController();
      const at = [...input.value.slice(0, input.selectionStart)].length;
      try {
        const answer = await fetch(form.dataset.complete + "?" + new URLSearchParams({ q: input.value, at }), { headers: { Accept: "application/json" }, signal: asked.signal });
        if (!answer.ok) return close();
        found = await answer.json();
        if (document.activeElement === input) show();
      } catch (e) {
        if (e.name !== "AbortError") close();
      }
    }, wait);
  };
  input.addEventListener("input", () => ask(60));
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (e) => {
    if (e.key === "ArrowDown" && list.hidden) return e.preventDefault(), ask(0);
    if (list.hidden) return;
    const n = found.length, step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step) point(current < 0 ? (step > 0 ? 0 : n - 1) : (current + step + n) % n);
    else if ((e.key === "Enter" || e.key === "Tab") && current >= 0) choose(found[current]);
    else if (e.key === "Escape") close();
    else return;
    e.preventDefault();
    e.stopPropagation();
  });
  const more = form.querySelector("details.more");
  more?.addEventListener("keydown", (e) => { if (e.key === "Escape") { more.open = false; more.querySelector("summary").focus(); } });
  for (const select of form.querySelectorAll("details.more select")) select.addEventListener("change", () => form.requestSubmit());
}
