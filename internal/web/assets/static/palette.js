// The palette of commands and the help sheet, fetched when they are asked for. What is typed is looked up on the server,
// within what its reader may see; views, acts and preferences are found here, without waiting.
const icon = (name) => {
  const space = "http://www.w3.org/2000/svg", svg = document.createElementNS(space, "svg"), use = document.createElementNS(space, "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", document.querySelector("use").href.baseVal.split("#")[0] + "#" + name);
  svg.append(use);
  return svg;
};
const iconOf = (e) => e.querySelector("use")?.href.baseVal.split("#")[1];
const keycaps = (key) => key.split(" ").map((k) => make("kbd", {}, k));
const ask = (query, signal) => fetch("/palette?" + query, { headers: { Accept: "application/json" }, signal }).then((r) => (r.ok ? r.json() : null)).catch(() => null);

// Words are compared without accents or capitals, each from its beginning.
const fold = (text) => text.normalize("NFD").replace(/\p{Mn}/gu, "").toLowerCase();
const words = (text) => fold(text).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
const matches = (entry, query) => {
  const own = words(entry.title + " " + (entry.hint ?? ""));
  return query.every((w) => own.some((x) => x.startsWith(w)));
};
const marked = (title, query) => {
  const letters = [...title], plain = letters.map((c) => fold(c)[0] ?? c).join(""), out = [];
  let from = 0;
  for (const m of query.length ? plain.matchAll(new RegExp("(?<![\\p{L}\\p{N}])(?:" + query.join("|") + ")", "gu")) : []) {
    out.push(letters.slice(from, m.index).join(""), make("mark", {}, letters.slice(m.index, m.index + m[0].length).join("")));
    from = m.index + m[0].length;
  }
  return [...out, letters.slice(from).join("")];
};

const dialog = (label, ...content) => {
  const d = make("dialog", { class: "palette dense", "aria-label": label }, ...content), before = document.activeElement;
  d.addEventListener("click", (e) => { if (e.target === d) d.close(); });
  d.addEventListener("close", () => { d.remove(); before?.focus?.(); });
  document.body.append(d);
  d.showModal();
  return d;
};

let known; // what does not depend on what is typed, asked for once
const paletteOf = ({ all, usable, table, opener, recent, remember, perform }) => {
  const first = async () => (known ??= await ask("recent=" + recent().filter((x) => x.startsWith("ticket:")).slice(0, 5).map((x) => x.slice(7)).join(",")));

  // What may be done here: each act once, in the words of the table or of the control itself.
  const here = (texts) => {
    const seen = new Set(["search", "next", "previous"]);
    return all("main [data-act]").filter((e) => usable(e) && !e.closest("tbody") && !seen.has(e.dataset.act) && seen.add(e.dataset.act))
      .map((e) => ({ id: "act:" + e.dataset.act, group: "acts", title: texts[e.dataset.act] ?? (e.textContent.trim() || e.labels?.[0]?.textContent.trim()), act: e.dataset.act,
        icon: iconOf(e.closest("label, button, a, summary") ?? e) ?? "circle-dot", key: Object.keys(table.keys).find((k) => table.keys[k] === e.dataset.act) }));
  };

  const open = async () => {
    if (document.querySelector("dialog[open]")) return;
    const label = opener.querySelector(".t").textContent;
    const input = make("input", { type: "text", role: "combobox", "aria-label": label, placeholder: label, "aria-expanded": "true", "aria-controls": "palette-hits",
      "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false", maxlength: "100" });
    const list = make("div", { id: "palette-hits", class: "found", role: "listbox", "aria-label": label }), said = make("p", { class: "vh", role: "status" });
    const closing = make("button", { type: "button", class: "esc" }, make("kbd", {}, table.close));
    const d = dialog(label, make("div", { class: "find" }, icon("search"), input, closing), list, said);
    closing.addEventListener("click", () => d.close());
    const texts = await first();
    if (!texts) { location.href = opener.href; return; }

    let hits = [], at = 0, remote = [], request, wait;
    const choose = (i) => {
      at = hits.length ? (i + hits.length) % hits.length : 0;
      hits.forEach((x, n) => x.line.setAttribute("aria-selected", String(n === at)));
      if (!hits.length) { input.removeAttribute("aria-activedescendant"); return; }
      input.setAttribute("aria-activedescendant", hits[at].line.id);
      hits[at].line.scrollIntoView({ block: "nearest" });
    };
    const run = ({ id, url, act, post }) => {
      remember(id);
      if (act) {
        d.addEventListener("close", () => perform(act), { once: true });
        d.close();
      } else if (post) {
        const form = make("form", { method: "post", action: url });
        for (const [name, value] of Object.entries({ ...post, back: location.pathname + location.search })) form.append(make("input", { type: "hidden", name, value }));
        document.body.append(form);
        form.submit();
      } else location.href = url;
    };
    const lineOf = (e, query) => {
      const leads = e.url && !e.post, title = make("span", {}, ...marked(e.title, query));
      const line = make(leads ? "a" : "div", { class: "hit", role: "option", id: "hit-" + hits.length, tabindex: "-1", ...(leads ? { href: e.url } : {}) }, icon(e.icon), title);
      if (e.hint) title.append(make("small", {}, e.hint));
      if (e.key) line.append(make("span", { class: "keys", "aria-hidden": "true" }, ...keycaps(e.key)));
      const i = hits.push({ ...e, line }) - 1;
      line.addEventListener("click", (c) => { if (!c.ctrlKey && !c.metaKey) { c.preventDefault(); run(e); } });
      line.addEventListener("pointermove", () => { if (at !== i) choose(i); });
      return line;
    };
    const draw = () => {
      const query = words(input.value), order = recent(), late = (e) => (order.includes(e.id) ? order.indexOf(e.id) : 99);
      const found = [...here(texts.acts), ...texts.entries].filter((e) => !remote.some((x) => x.id === e.id) && matches(e, query));
      const sorted = [...remote, ...found].sort((a, b) => late(a) - late(b));
      const lasts = query.length ? [] : sorted.filter((e) => late(e) < 99).slice(0, 5);
      const groups = { recent: lasts };
      for (const e of sorted) if (!lasts.includes(e)) (groups[e.group] ??= []).push(e);
      hits = [];
      list.replaceChildren(...texts.groups.filter((g) => groups[g.key]?.length).map((g) =>
        make("div", { role: "group", "aria-label": g.title }, make("p", { class: "part", "aria-hidden": "true" }, g.title), ...groups[g.key].map((e) => lineOf(e, query)))));
      if (!hits.length) list.append(make("p", { class: "part" }, texts.none));
      said.textContent = hits.length ? hits.length + " " + texts.some : texts.none;
      choose(0);
    };
    input.addEventListener("input", () => {
      const text = input.value.trim();
      remote = remote.filter((e) => matches(e, words(text)));
      draw();
      request?.abort();
      clearTimeout(wait);
      if (!text) { remote = []; draw(); return; }
      wait = setTimeout(async () => {
        request = new AbortController();
        const found = await ask("q=" + encodeURIComponent(text), request.signal);
        if (found && input.value.trim() === text) { remote = found.entries ?? []; draw(); }
      }, 60);
    });
    input.addEventListener("keydown", (e) => {
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: Math.min(at + 8, hits.length - 1), PageUp: Math.max(at - 8, 0) }[e.key];
      if (to !== undefined) { e.preventDefault(); choose(to); }
      if (e.key === "Enter" && hits[at]) { e.preventDefault(); run(hits[at]); }
    });
    draw();
  };

  const help = async () => {
    const texts = await first();
    if (!texts || document.querySelector("dialog[open]")) return;
    const closing = make("button", { type: "button", class: "btn" }, table.close);
    const d = dialog(texts.acts.help, make("div", { class: "sheet" }, make("h2", {}, texts.acts.help),
      make("div", { class: "columns" }, ...texts.help.map((s) => make("section", {}, make("h3", {}, s.title), make("dl", {}, ...s.keys.map((k) =>
        make("div", {}, make("dt", {}, k.text), make("dd", {}, ...keycaps(k.key)))))))),
      make("footer", {}, make("a", { class: "btn quiet", href: texts.keys }, texts.change), closing)));
    closing.addEventListener("click", () => d.close());
    closing.focus();
  };

  const copied = async () => {
    const toast = make("div", { class: "toast float", role: "status" });
    document.body.append(toast);
    toast.textContent = (await first())?.copied ?? "";
    setTimeout(() => toast.remove(), 4000);
  };
  return { open, help, copied };
};

let made;
export const palette = (page) => (made ??= paletteOf(page));
