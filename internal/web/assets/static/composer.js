"use strict";
// The composer of a ticket: templates with /, colleagues with @, a preview, the time in which a message may be
// taken back. Each works otherwise, or not at all, without this file.
{
  const form = $("form.composer"), shown = (e) => e.getClientRects().length > 0;
  const areas = form ? $$("textarea[data-rich]", form) : [];
  const area = () => areas.find(shown);
  const changed = (a) => a.dispatchEvent(new Event("input", { bubbles: true }));
  const mode = () => form.elements.mode.value;
  const fold = (s) => s.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  // Another mode is another kind of message: what is typed goes along, as long as nothing stands there.
  let last = form && mode();
  form?.addEventListener("change", (e) => {
    if (e.target.name !== "mode") return;
    const from = form.elements[last + ".text"], to = form.elements[mode() + ".text"];
    if (from && to && from.value && !to.value) { to.value = from.value; from.value = ""; }
    last = mode();
    close();
    area()?.focus();
  });
  form?.addEventListener("guichet:filled", () => { last = mode(); });

  // Completion: a list below the text, moved through with the arrows.
  const box = form && $("[data-completion]", form), list = box && $("ul", box);
  let open = null, asked = 0; // { kind, at, area, items }
  const close = () => {
    asked++; // an answer that is still on its way opens nothing any more
    if (!open) return;
    for (const a of ["aria-controls", "aria-activedescendant"]) open.area.removeAttribute(a);
    open = null;
    box.hidden = true;
  };
  const choose = (i) => {
    [...list.children].forEach((li, n) => li.setAttribute("aria-selected", String(n === i)));
    open.i = i;
    list.children[i]?.scrollIntoView({ block: "nearest" });
    if (open.items.length) open.area.setAttribute("aria-activedescendant", "c-" + i);
  };
  const render = (items) => {
    open.items = items;
    list.replaceChildren(...(items.length ? items : [{ label: open.kind === "/" ? box.dataset.noneTemplates : box.dataset.noneMention, none: true }]).map((item, i) => {
      const li = document.createElement("li");
      li.id = "c-" + i;
      li.setAttribute("role", "option");
      li.setAttribute("aria-selected", "false");
      if (item.none) li.setAttribute("aria-disabled", "true");
      li.textContent = item.label;
      li.addEventListener("mousedown", (e) => { e.preventDefault(); if (!item.none) take(item); });
      return li;
    }));
    list.setAttribute("aria-label", open.kind === "/" ? list.dataset.templatesLabel : list.dataset.mentionLabel);
    open.area.setAttribute("aria-controls", "completion");
    box.hidden = false;
    choose(0);
  };
  const templates = (text) => {
    const select = form.elements[mode() + ".template"];
    return select ? [...select.options].filter((o) => o.value && fold(o.label).includes(fold(text))).map((o) => ({ label: o.label, value: o.value })) : [];
  };
  const look = async () => {
    const a = area();
    if (!a) return close();
    const before = a.value.slice(0, a.selectionStart), found = before.match(/(^|[\s(])([/@])([^/@\n]{0,40})$/);
    const kind = found?.[2], text = found?.[3] ?? "";
    if (!found || kind === "@" && mode() !== "note" || /^\s|\s\s|\s\S*\s\S*\s/.test(text) || kind === "/" && !form.elements[mode() + ".template"]) return close();
    if (kind === "@" && [...mentioned].some((name) => text.startsWith(name + " "))) return close(); // it is chosen
    const here = { kind, at: a.selectionStart - text.length - 1, area: a };
    if (kind === "/") { open = here; const items = templates(text); return items.length || !text ? render(items) : close(); }
    const turn = ++asked, names = await json(form.dataset.colleagues + "?q=" + encodeURIComponent(text));
    if (turn !== asked || !names || !names.length && text.includes(" ")) return turn === asked && close();
    open = here;
    render(names.map((label) => ({ label, value: label })));
  };
  const take = async ({ label, value }) => {
    const { kind, at, area: a } = open, end = a.selectionStart, select = form.elements[mode() + ".template"];
    close();
    let text = "@" + label + " ";
    if (kind === "/") {
      const answer = await fetch(select.closest("[data-templates]").dataset.templates + encodeURIComponent(value)).catch(() => null);
      if (!answer?.ok) return;
      text = await answer.text();
    } else mentioned.add(label);
    a.setRangeText(text, at, end, "end");
    a.focus();
    changed(a);
  };
  // Who is named in a note is told of it: it is said among its readers.
  const mentioned = new Set(), said = form && $("[data-mentioned]", form);
  const mentions = () => said?.replaceChildren(...[...mentioned].filter((n) => form.elements["note.text"].value.includes("@" + n)).map((n) => {
    const chip = document.createElement("span");
    chip.className = "chip plain";
    chip.textContent = n;
    chip.title = said.dataset.mentioned;
    return chip;
  }));
  for (const a of areas) {
    a.selectionStart = a.value.length; // one goes on after a draft, not before it
    a.setAttribute("aria-autocomplete", "list");
    a.addEventListener("input", () => { look(); mentions(); });
    a.addEventListener("blur", () => setTimeout(close, 150));
    a.addEventListener("keydown", (e) => {
      if ((e.ctrlKey || e.metaKey) && e.key === "Enter") { e.preventDefault(); $$("button[type=submit].primary", form).find(shown)?.click(); return; }
      if (!open) return;
      const n = open.items.length, step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
      if (step && n) choose((open.i + step + n) % n);
      else if ((e.key === "Enter" || e.key === "Tab") && n) take(open.items[open.i]);
      else if (e.key === "Escape") close();
      else return;
      e.preventDefault();
      e.stopPropagation();
    });
  }
  for (const button of form ? $$("[data-complete]", form) : []) {
    button.addEventListener("click", () => {
      const a = area(), before = a.value.slice(0, a.selectionStart);
      a.focus();
      a.setRangeText((before && !/\s$/.test(before) ? " " : "") + button.dataset.complete, a.selectionStart, a.selectionEnd, "end");
      changed(a);
    });
  }

  // Preview, made by the desk as its readers will have it.
  const eye = form && $("[data-see]", form);
  if (eye) {
    const words = $("span", eye), text = [words.textContent, eye.dataset.see];
    const back = () => { $(".previewed", form)?.remove(); for (const r of $$(".rich", form)) r.hidden = false; eye.setAttribute("aria-pressed", "false"); words.textContent = text[0]; };
    eye.addEventListener("click", () => {
      if (eye.getAttribute("aria-pressed") === "true") { back(); area()?.focus(); return; }
      const a = area(), x = new XMLHttpRequest();
      x.open("POST", "/desk/preview");
      x.responseType = "document";
      x.addEventListener("load", () => {
        const made = x.status === 200 && x.response.getElementById("preview");
        if (!made) return;
        const shownText = document.importNode(made, true);
        shownText.classList.add("previewed");
        shownText.tabIndex = 0;
        a.closest(".rich").hidden = true;
        a.closest(".rich").after(shownText);
        eye.setAttribute("aria-pressed", "true");
        words.textContent = text[1];
      });
      x.send(new URLSearchParams({ text: a.value }));
    });
    form.addEventListener("change", (e) => { if (e.target.name === "mode") back(); });
  }

  // The seconds that are left to take a message back.
  const since = new WeakMap();
  const count = () => {
    for (const b of $$("[data-left]")) {
      let s = since.get(b);
      if (s?.left !== b.dataset.left) since.set(b, s = { left: b.dataset.left, at: performance.now() });
      const left = Math.ceil((Number(s.left) - (performance.now() - s.at)) / 1000);
      b.textContent = left > 0 ? b.dataset.words.replace("#", left) : b.dataset.over;
      if (left <= 0) for (const button of $$("button", b.closest(".leaving"))) button.disabled = true;
    }
  };
  setInterval(count, 250);
}
