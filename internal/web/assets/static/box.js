"use strict";
// The portal: the one box, finding a colleague, the reader's menu. Each page works without this file.
{
  const svg = "http://www.w3.org/2000/svg";
  const icon = (file, name) => {
    const drawing = document.createElementNS(svg, "svg"), use = document.createElementNS(svg, "use");
    drawing.setAttribute("class", "icon");
    drawing.setAttribute("aria-hidden", "true");
    use.setAttribute("href", file + "#" + name);
    drawing.append(use);
    return drawing;
  };

  // A text field with a list of proposals (ARIA combobox). Each answer replaces the one before; a question that
  // is no longer the last is given up.
  const combo = (input, { url, least, icons, place, said, choose, label, found: told }) => {
    const list = make("div", { role: "listbox", id: input.id + "-list", class: "hits", "aria-label": label });
    let asked = null, timer = 0, current = -1, answer = null;
    list.hidden = true;
    place(list);
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) input.setAttribute(name, value);
    const options = () => [...list.querySelectorAll("[role=option]")];
    const open = (yes) => {
      list.hidden = !yes;
      input.setAttribute("aria-expanded", String(yes));
      if (!yes) point(-1);
    };
    const point = (to) => {
      const all = options();
      current = to;
      all.forEach((o, i) => o.setAttribute("aria-selected", String(i === to)));
      if (all[to]) {
        input.setAttribute("aria-activedescendant", all[to].id);
        all[to].scrollIntoView({ block: "nearest" });
      } else input.removeAttribute("aria-activedescendant");
    };
    const row = (item, n, last) => {
      const title = make("b"), node = make("div", { role: "option", id: list.id + "-" + n, class: last ? "hit go" : "hit", "aria-selected": "false" });
      for (const part of item.title) title.append(part.hit ? make("mark", {}, part.text) : part.text);
      node.append(icon(icons, item.icon), make("span", {}, title, make("small", {}, item.detail)), icon(icons, last ? "arrow-right" : "chevron-right"));
      node.addEventListener("pointerdown", (e) => e.preventDefault());
      node.addEventListener("click", () => choose(item, api));
      return node;
    };
    const show = (found) => {
      answer = found;
      let n = 0;
      const parts = (found.sections ?? []).map((s) => {
        const group = make("div", { role: "group", "aria-label": s.title });
        if (s.title) group.append(make("h2", { role: "presentation" }, s.title));
        for (const item of s.items) group.append(row(item, n++));
        return group;
      });
      if (found.go) parts.push(row(found.go, n++, true));
      list.replaceChildren(...parts);
      if (said) said.textContent = found.said ?? "";
      told?.(n);
      open(n > 0);
    };
    const ask = async () => {
      asked?.abort();
      const text = input.value.trim();
      if (text.length < least) { answer = null; open(false); return; }
      asked = new AbortController();
      try {
        const response = await fetch(url + "?text=" + encodeURIComponent(text), { signal: asked.signal, headers: { accept: "application/json" } });
        if (response.ok && response.headers.get("content-type")?.includes("json")) show(await response.json());
      } catch { /* given up, or no network: the form still works */ }
    };
    const api = { open, input, answer: () => answer };
    input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 40); });
    input.addEventListener("focus", () => { if (answer && options().length) open(true); });
    input.addEventListener("blur", () => { if (!list.contains(document.activeElement)) open(false); });
    input.addEventListener("keydown", (e) => {
      const all = options();
      if (e.key === "Escape" && !list.hidden) { e.preventDefault(); open(false); return; }
      if (e.key === "Enter" && current >= 0 && !list.hidden) { e.preventDefault(); all[current].click(); return; }
      if (e.key !== "ArrowDown" && e.key !== "ArrowUp" || !all.length) return;
      e.preventDefault();
      if (list.hidden) open(true);
      const step = e.key === "ArrowDown" ? 1 : -1;
      point((current + step + all.length + (current < 0 && step < 0 ? 1 : 0)) % all.length);
    });
    return api;
  };

  for (const form of document.querySelectorAll("form[data-box]")) {
    const input = form.querySelector("input[name=text]");
    combo(input, {
      url: form.dataset.box, least: 2, icons: form.dataset.icons, said: form.querySelector("[data-said]"), label: form.querySelector("label").textContent,
      place: (list) => form.append(list),
      choose: (item) => { location.href = item.url; },
    });
    input.addEventListener("input", () => form.querySelector("[data-hits]")?.remove(), { once: true }); // what came with the page is about what was typed before
    // Without choosing, what was typed goes to the most fitting form at once.
    form.addEventListener("submit", () => {
      if (input.value.trim()) form.append(make("input", { type: "hidden", name: "go", value: "1" }));
    });
    addEventListener("pageshow", () => form.querySelector("input[name=go]")?.remove());
  }

  // Somebody by name or number: the list tells the name and the organisation, and the form keeps who is meant.
  for (const input of document.querySelectorAll("input[data-colleague]")) {
    const chosen = make("input", { type: "hidden", name: input.name + "_choice" });
    chosen.disabled = true;
    input.after(chosen);
    // Nobody of that name: said in the place of the help, which moves nothing.
    const help = document.getElementById(input.id + "-help"), usual = help?.textContent;
    help?.setAttribute("role", "status");
    combo(input, {
      found: (n) => { if (help && input.dataset.none) help.textContent = n ? usual : input.dataset.none; },
      url: input.dataset.colleague, least: 2, icons: input.dataset.icons, label: input.labels[0]?.textContent.trim() ?? "",
      place: (list) => input.after(list),
      choose: (item, box) => {
        input.value = item.title.map((t) => t.text).join("");
        chosen.value = item.id;
        chosen.disabled = false;
        box.open(false);
        input.dispatchEvent(new Event("change", { bubbles: true }));
      },
    });
    input.addEventListener("input", () => { chosen.disabled = true; });
  }

  // A page that is short is a dialog of this one.
  for (const link of document.querySelectorAll("a[data-dialog]")) link.addEventListener("click", (e) => {
    const dialog = document.getElementById(link.dataset.dialog);
    if (!dialog?.showModal || e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    dialog.showModal();
  });
  for (const link of document.querySelectorAll("dialog [data-close]")) link.addEventListener("click", (e) => { e.preventDefault(); link.closest("dialog").close(); });

  // The reader's menu closes as menus do.
  for (const menu of document.querySelectorAll("[data-menu]")) {
    document.addEventListener("click", (e) => { if (!menu.contains(e.target)) menu.open = false; });
    menu.addEventListener("keydown", (e) => { if (e.key === "Escape" && menu.open) { menu.open = false; menu.querySelector("summary").focus(); } });
  }
}
