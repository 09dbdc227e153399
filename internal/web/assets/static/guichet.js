"use strict";
// Enhancements only: each page works without this file.

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const make = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
};
const kept = {
  get(key) { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* storage is off */ } },
  drop(key) { try { localStorage.removeItem(key); } catch { /* storage is off */ } },
  dropAll(prefix) { try { for (const key of Object.keys(localStorage)) if (key.startsWith(prefix)) localStorage.removeItem(key); } catch { /* storage is off */ } },
};

// Theme.
document.addEventListener("click", (e) => {
  if (!e.target.closest("[data-theme-toggle]")) return;
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  try { localStorage.setItem("theme", root.dataset.theme); } catch { /* storage is off */ }
});

// The summary of errors takes the focus, so that it is read first.
$("[data-error-summary]")?.focus();

// Files: chosen, dropped or pasted, listed with a way to remove each.
const size = (bytes, units) => new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 })
  .format(Math.max(bytes, 103) / (bytes < 1048576 ? 1024 : 1048576)) + "\u00a0" + units.split(" ")[bytes < 1048576 ? 0 : 1];

for (const box of $$("[data-files]")) {
  const input = $("input[type=file]", box), list = $("[data-file-list]", box), drop = $("[data-drop]", box) ?? box;
  let files = [];
  const heavy = (file) => file.size > Number(input.dataset.limit); // it is shown, and not sent
  const set = (ahead = []) => {
    const transfer = new DataTransfer();
    for (const f of files) if (!heavy(f)) transfer.items.add(f);
    input.files = transfer.files;
    for (const li of $$("li:not(:has(progress, [name=kept_file]))", list)) li.remove();
    list.append(...files.map(row));
    for (const f of ahead) send(f);
  };
  const row = (file) => {
    const li = document.createElement("li"), text = document.createElement("span"), name = document.createElement("b");
    const detail = document.createElement("small"), remove = document.createElement("button");
    li.className = "file two";
    name.textContent = file.name;
    detail.textContent = size(file.size, input.dataset.units);
    if (heavy(file)) { detail.textContent += " – " + input.dataset.tooLarge; li.classList.add("bad"); }
    remove.type = "button";
    remove.className = "btn quiet small";
    remove.textContent = input.dataset.remove;
    remove.setAttribute("aria-label", input.dataset.remove + " " + file.name);
    remove.addEventListener("click", () => { files = files.filter((f) => f !== file); set(); input.focus(); });
    text.append(name, detail);
    li.append(text, remove);
    return li;
  };
  const holding = (reference) => Object.assign(document.createElement("input"), { type: "checkbox", name: "kept_file", value: reference, checked: true, hidden: true });
  // What was sent ahead comes back with the draft of its form, until one removes it.
  box.addEventListener("guichet:files", (e) => {
    for (const li of $$("li:has([name=kept_file])", list)) li.remove();
    for (const reference of e.detail) {
      const [, , bytes, , , , , ...name] = reference.split("|"), li = row({ name: name.join("|"), size: Number(bytes) });
      const button = $("button", li), remove = button.cloneNode(true);
      remove.addEventListener("click", () => { li.remove(); input.focus(); form.dispatchEvent(new Event("input", { bubbles: true })); });
      button.replaceWith(holding(reference), remove);
      list.append(li);
    }
  });
  // A file goes ahead of its form, so that one sees it go and may stop it; the form waits for it, and gives
  // back its reference.
  const going = new Set();
  const send = (file) => {
    const li = row(file), bar = document.createElement("progress"), remove = $("button", li), x = new XMLHttpRequest(), body = new FormData();
    const detail = $("small", li), over = () => { going.delete(x); if (!going.size && form.dataset.waits) { delete form.dataset.waits; form.requestSubmit(); } };
    remove.replaceWith(remove.cloneNode(true));
    const stop = $("button", li);
    stop.textContent = input.dataset.cancel;
    bar.max = 1;
    bar.setAttribute("aria-label", file.name);
    li.insertBefore(bar, stop);
    list.append(li);
    stop.addEventListener("click", () => { x.abort(); li.remove(); over(); input.focus(); form.dispatchEvent(new Event("input", { bubbles: true })); });
    x.upload.addEventListener("progress", (e) => { if (e.lengthComputable) bar.value = e.loaded / e.total; });
    const failed = () => { bar.remove(); li.classList.add("bad"); detail.textContent += " – " + input.dataset.failed; delete form.dataset.waits; over(); };
    x.addEventListener("error", failed);
    x.addEventListener("load", () => {
      const answer = x.status === 200 && JSON.parse(x.responseText)[0];
      if (!answer) { failed(); return; }
      bar.replaceWith(holding(answer.reference));
      stop.textContent = input.dataset.remove;
      over();
      form.dispatchEvent(new Event("input", { bubbles: true }));
    });
    body.append("files", file, file.name);
    x.open("POST", box.dataset.upload);
    x.setRequestHeader("Accept", "application/json");
    going.add(x);
    x.send(body);
  };
  const add = (more) => {
    const small = [...more].filter((f) => box.dataset.upload && !heavy(f));
    files = files.concat([...more].filter((f) => !small.includes(f)));
    set(small);
  };
  input.addEventListener("change", () => { const chosen = [...input.files]; if (!box.dataset.upload) files = []; add(chosen); });
  const form = input.form ?? document;
  form.addEventListener("submit", (e) => { // waits for the files that are on their way
    if (!going.size) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    form.dataset.waits = "yes";
  }, true);
  for (const kind of ["dragover", "dragenter"]) form.addEventListener(kind, (e) => {
    if ([...e.dataTransfer.types].includes("Files")) { e.preventDefault(); drop.classList.add("over"); }
  });
  form.addEventListener("dragleave", () => drop.classList.remove("over"));
  form.addEventListener("drop", (e) => {
    drop.classList.remove("over");
    if (e.dataTransfer.files.length) { e.preventDefault(); add(e.dataTransfer.files); }
  });
  form.addEventListener("paste", (e) => {
    const pasted = [...(e.clipboardData?.files ?? [])], types = e.clipboardData?.types ?? [];
    // A word processor or a spreadsheet gives its text and a picture of it: the text is meant.
    const prose = types.includes("text/plain") && types.includes("text/html");
    if (!pasted.length || prose) return;
    e.preventDefault();
    const stamp = new Date().toISOString().slice(0, 19).replace(/[:T]/g, "-");
    add(pasted.map((f) => (f.name === "image.png" ? new File([f], "capture-" + stamp + ".png", { type: f.type }) : f)));
  });
}

// Markdown: a toolbar of a few marks above each rich textarea.
const marks = { bold: ["**", "**"], italic: ["_", "_"], list: ["- ", ""], "list-ordered": ["1. ", ""], link: ["[", "](https://)"] };
for (const area of $$("textarea[data-rich]")) {
  const bar = $(`[data-marks][data-for="${CSS.escape(area.id)}"]`);
  if (!bar) continue;
  for (const button of $$("[data-preview]", bar)) button.addEventListener("click", async () => (await import(button.dataset.with)).preview(button));
  for (const button of $$("button[data-mark]", bar)) button.addEventListener("click", () => {
    if (button.dataset.mark === "image") { // it comes with the files
      const input = $("[data-files] input[type=file]", area.form);
      if (input) input.click(); else button.remove();
    }
    if (!marks[button.dataset.mark]) return;
    const [before, after] = marks[button.dataset.mark];
    const { selectionStart: from, selectionEnd: to, value } = area;
    area.setRangeText(before + value.slice(from, to) + after, from, to, "select");
    area.focus();
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

// Drafts: what is typed is kept on the server as one types, and in this browser until it is there: it
// survives a closed tab, an ended session, and goes on on another device. Each belongs to its writer: on a
// computer that several people use, nobody is shown the draft of another, and who signs out leaves none behind.
const draftPrefix = "draft:" + (document.body.dataset.reader ?? "") + ":";
const sent = $("[data-sent]")?.dataset.sent;
if (sent) {
  kept.drop(draftPrefix + sent);
  const here = new URL(location);
  here.searchParams.delete("sent"); // once: what is typed from now on stays when the page is loaded again
  history.replaceState(history.state, "", here);
}
for (const form of $$('form[action="/sign-out"]')) form.addEventListener("submit", () => kept.dropAll(draftPrefix));
const json = async (path, body) => { // null when the server is not reached or nobody is signed in
  const headers = { Accept: "application/json", "Content-Type": "application/json" };
  const answer = await fetch(path, body ? { method: "POST", headers, body: JSON.stringify(body), keepalive: true } : { headers }).catch(() => null);
  return answer?.ok ? answer.json().catch(() => null) : null;
};
for (const form of $$("form[data-draft]")) {
  const place = form.dataset.draft, key = draftPrefix + place;
  const said = $("[data-draft-said]", form), other = $("[data-draft-other]", form);
  const fields = () => [...form.elements].filter((f) => f.name && !["hidden", "file", "submit", "password"].includes(f.type));
  const values = () => {
    const out = {}, names = new Set(fields().map((f) => f.name));
    for (const [name, value] of new FormData(form)) if (names.has(name) && typeof value === "string") (out[name] ??= []).push(value);
    return out;
  };
  const fill = (draft) => {
    const shown = $$("[name=kept_file]", form).filter((f) => !f.closest("[data-file-list]")).map((f) => f.value);
    const files = new CustomEvent("guichet:files", { detail: (draft.kept_file ?? []).filter((r) => !shown.includes(r)) });
    $("[data-files]", form)?.dispatchEvent(files);
    for (const f of fields()) {
      const value = draft[f.name];
      if (["radio", "checkbox"].includes(f.type)) f.checked = (value ?? []).includes(f.value);
      else if (value && (f.tagName !== "SELECT" || [...f.options].some((o) => o.value === value[0]))) f.value = value[0];
    }
    form.dispatchEvent(new Event("change", { bubbles: true }));
    form.dispatchEvent(new Event("guichet:filled", { bubbles: true }));
  };
  let seen = 0, timer, busy = false, touched = false, leaving = false, warned = false;
  const show = (answer) => {
    if (said) { said.hidden = !answer.said; said.textContent = answer.said; }
    if (other) { other.hidden = !answer.older; $("[data-text]", other).textContent = answer.older; }
  };
  const save = async () => {
    clearTimeout(timer);
    timer = 0;
    if (busy) { timer = setTimeout(save, 400); return; }
    const body = values(), blank = !body.kept_file && !fields().some((f) => ["text", "textarea"].includes(f.type) && f.value.trim());
    kept.set(key, { body, seen, fresh: true });
    busy = true;
    const answer = await json(blank ? "/drafts/forget" : "/drafts", { place, seen, body });
    busy = false;
    if (!answer) { if (said) { said.hidden = false; said.textContent = said.dataset.local; } return; }
    seen = answer.version;
    if (blank || leaving) kept.drop(key); else if (seen) kept.set(key, { body, seen, fresh: Boolean(timer) });
    show(answer);
  };
  form.addEventListener("input", () => { touched = true; clearTimeout(timer); timer = setTimeout(save, 600); });
  form.addEventListener("submit", () => { leaving = true; if (timer) kept.set(key, { body: values(), seen, fresh: true }); clearTimeout(timer); timer = 0; });
  addEventListener("pageshow", () => { leaving = false; });
  form.addEventListener("submit", (e) => { // without a network it would be answered by the browser's own page
    if (navigator.onLine || !said || warned) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    kept.set(key, { body: values(), seen, fresh: true });
    said.setAttribute("role", "alert");
    said.hidden = false;
    said.textContent = said.dataset.offline;
    warned = true; // a browser may be wrong about it: who insists is let through
  }, true);
  addEventListener("online", () => { if (warned) { said.hidden = true; said.removeAttribute("role"); } warned = false; });
  document.addEventListener("visibilitychange", () => { if (document.hidden && timer) save(); });
  if (other) for (const button of $$("button", other)) button.addEventListener("click", async () => {
    if (timer) await save();
    const answer = await json("/drafts/" + button.value, { place });
    if (!answer) return;
    seen = answer.version;
    if (button.value === "take" && answer.body) { fill(answer.body); kept.set(key, { body: answer.body, seen }); }
    show(answer);
    fields().find((f) => f.tagName === "TEXTAREA" && f.checkVisibility())?.focus();
  });
  (async () => {
    const local = kept.get(key), back = Boolean(form.dataset.answered); // what comes back with an error is not covered
    if (form.dataset.fresh) { // begun with other words: the draft stays beside, and this address is good once
      form.addEventListener("input", () => history.replaceState(null, "", location.pathname), { once: true });
      return;
    }
    if (form.dataset.seen !== undefined) { // the page came with it
      seen = Number(form.dataset.seen);
      if (local?.fresh && !back) { seen = local.seen; fill(local.body); save(); } else if (!back) kept.drop(key);
      return;
    }
    if (local?.body && !back) fill(local.body);
    seen = local?.seen ?? 0;
    const answer = await json("/drafts?place=" + encodeURIComponent(place));
    if (!answer) return;
    show(answer);
    if (touched) return;
    if (!back && local?.fresh) { save(); return; } // typed without the server: it is told now
    seen = answer.version;
    if (back) return;
    if (answer.body) { fill(answer.body); kept.set(key, { body: answer.body, seen }); return; }
    kept.drop(key);
    if (local?.body) { form.reset(); fill(values()); } // it was sent or given up elsewhere
  })();
}

// Fields that are asked only after certain answers: the same conditions as on the server.
const conditional = $$("[data-show]").map((part) => ({ part, when: JSON.parse(part.dataset.show) }));
for (const text of $$("[data-without-scripts]")) text.hidden = true;
const answersTo = (key) => $$(`[name="${CSS.escape("answers." + key)}"]`)
  .filter((f) => !f.closest("[data-show][hidden]") && (!["radio", "checkbox"].includes(f.type) || f.checked))
  .map((f) => f.value.trim()).filter((v) => v !== "");
const asNumber = (v) => (/^[+-]?[0-9]+([.,][0-9]+)?$/.test(v) ? Number(v.replace(",", ".")) : NaN);
const ordered = (a, b) => {
  const x = asNumber(a), y = asNumber(b);
  if (Number.isNaN(x) !== Number.isNaN(y)) return NaN;
  return Number.isNaN(x) ? (a > b) - (a < b) : x - y;
};
const testHolds = ({ field, is = "one_of", values = [] }) => {
  if (is === "always" || is === "never") return is === "always";
  const given = answersTo(field), order = given.length && values.length ? ordered(given[0], values[0]) : NaN;
  switch (is) {
    case "filled": return given.length > 0;
    case "empty": return given.length === 0;
    case "none_of": return !given.some((v) => values.includes(v));
    case "at_least": return order >= 0;
    case "at_most": return order <= 0;
    case "more": return order > 0;
    case "less": return order < 0;
    default: return given.some((v) => values.includes(v));
  }
};
const showFields = () => {
  for (const { part, when } of conditional) {
    const own = !(when.field || when.is) || testHolds(when);
    part.hidden = !(own && (when.all ?? []).every(testHolds) && (!when.any?.length || when.any.some(testHolds)));
  }
};
if (conditional.length) {
  for (const kind of ["change", "input"]) document.addEventListener(kind, showFields);
  showFields();
}

// A choice that changes the rest of the form asks for it at once.
for (const field of $$("[data-refresh]")) field.addEventListener("change", () => $(`#${CSS.escape(field.dataset.refresh)}`)?.click());

// Parts shown by a radio button: "for a colleague", the modes of the composer.
const showParts = () => {
  for (const part of $$("[data-when]")) {
    const [name, value] = part.dataset.when.split("=");
    const field = $$(`[name="${CSS.escape(name)}"]`).find((f) => f.checked);
    if (field) part.hidden = !value.split("|").includes(field.value);
  }
};
document.addEventListener("change", showParts);
showParts();

// A form is sent once, whenever it came to the page.
document.addEventListener("submit", (e) => {
  const form = e.target;
  if (e.defaultPrevented || form.getAttribute("method") !== "post") return;
  if (form.dataset.sending) { e.preventDefault(); return; }
  form.dataset.sending = "yes";
  setTimeout(() => { delete form.dataset.sending; }, 8000);
});

for (const button of $$("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// Copy the number.
for (const button of $$("[data-copy]")) button.hidden = !navigator.clipboard;
document.addEventListener("click", async (e) => {
  const button = e.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  $(".vh", button).textContent = button.dataset.copied;
  button.classList.add("done");
});

// What stands in for the server when it is not reached; it is made again when the build or the look changes.
if (document.body.dataset.reader && navigator.serviceWorker) addEventListener("load", () => {
  const address = "/worker.js?lang=" + document.documentElement.lang;
  const policy = globalThis.trustedTypes?.createPolicy("guichet-worker", { createScriptURL: () => address });
  navigator.serviceWorker.register(policy?.createScriptURL("") ?? address).catch(() => {}); // a private window has none
});
if ($("[data-offline]:not([data-draft-said])")) {
  addEventListener("online", () => location.reload());
  const again = (delay) => setTimeout(() => fetch("/healthz").then((r) => r.ok ? location.reload() : again(Math.min(delay * 2, 60e3)), () => again(Math.min(delay * 2, 60e3))), delay * (0.5 + Math.random()));
  again(4e3);
}
