"use strict";
// Shortcuts. The table of the keys comes with the page; acts are the controls that it marks with data-act, so that a key
// does what the reader may do here and now, and nothing else. The palette of commands is fetched when it is asked for.
{
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const opener = document.querySelector("[data-palette]");
  const table = JSON.parse(opener.dataset.keys);

  // What this browser did last, by names that say nothing of what is in a ticket.
  const recentKey = "recent:" + (document.body.dataset.reader ?? "");
  const recent = () => { try { return JSON.parse(localStorage.getItem(recentKey)) ?? []; } catch { return []; } };
  const remember = (id) => { try { localStorage.setItem(recentKey, JSON.stringify([id, ...recent().filter((x) => x !== id)].slice(0, 12))); } catch { /* storage is off */ } };
  const opened = location.pathname.match(/^\/desk\/tickets\/(\d+)/);
  if (opened) remember("ticket:" + opened[1]);

  // What the page offers.
  const shown = (e) => e.getClientRects().length > 0;
  const usable = (e) => !e.disabled && !e.closest("[hidden], dialog:not([open])");
  const row = () => document.activeElement.closest("tbody tr");
  const control = (act) => [...(row() ? all(`[data-act="${act}"]`, row()) : []), ...all(`main [data-act="${act}"]`).filter((e) => !e.closest("tbody"))].find(usable);
  const press = (e) => {
    const fold = e.closest("details");
    for (let d = fold; d; d = d.parentElement.closest("details")) d.open = true;
    if (e.matches("summary, details")) {
      (all("textarea, select, input:not([type=hidden])", fold).find((f) => shown(f) && !f.readOnly) ?? e).focus();
    } else if (e.matches("textarea, select, input:not([type=radio], [type=checkbox], [type=submit])")) e.focus();
    else {
      e.click();
      if (e.matches("[type=radio]")) (all("textarea", e.form).find(shown) ?? e).focus();
    }
  };
  const linkOf = (r) => r.querySelector(".cut a[href], a[href]");
  const move = (step) => {
    const list = all("main table.list tbody tr").filter(shown), at = list.indexOf(row());
    if (!list.length) return false;
    const to = list[at < 0 ? (step > 0 ? 0 : list.length - 1) : at + step] ?? row();
    linkOf(to)?.focus();
    to.scrollIntoView({ block: "nearest" });
    return true;
  };
  const palette = () => import(opener.dataset.palette).then((m) => m.palette({ all, usable, table, opener, recent, remember, perform }));
  const acts = {
    search: async () => {
      const field = control("search") ?? document.querySelector("main input[type=search]");
      if (!field) return (await palette()).open();
      field.focus();
      field.select?.();
    },
    help: async () => (await palette()).help(),
    down: () => move(1) || control("next")?.click(),
    up: () => move(-1) || control("previous")?.click(),
    open: () => row() && linkOf(row())?.click(),
    select: () => row()?.querySelector("input[type=checkbox]")?.click(),
    theme: () => document.querySelector("[data-theme-toggle]")?.click(),
    copy: async () => {
      const own = control("copy"), number = document.querySelector("main .tn")?.textContent.replace(/\D/g, "");
      if (own) own.click();
      else if (number && navigator.clipboard) {
        await navigator.clipboard.writeText(number);
        (await palette()).copied();
      }
    },
  };
  const perform = (act) => {
    if (table.go[act]) location.href = table.go[act];
    else if (acts[act]) acts[act]();
    else { const e = control(act); if (e) press(e); }
  };

  // Keys. They never act while somebody writes, nor with a modifier: what needs AltGr is not for them.
  const typing = (e) => e.isContentEditable || e.matches?.("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])");
  let begun = "", timer;
  document.addEventListener("keydown", async (e) => {
    if (e.defaultPrevented || e.isComposing) return;
    if ((e.ctrlKey || e.metaKey) && !e.altKey && !e.shiftKey && e.key.toLowerCase() === "k") {
      e.preventDefault();
      (await palette()).open();
      return;
    }
    if (e.key === "Escape" && !table.off && typing(e.target) && !document.querySelector("dialog[open]")) { // what is typed stays
      e.preventDefault();
      e.target.blur();
      return;
    }
    const plain = e.key.length === 1 && !e.ctrlKey && !e.metaKey && !e.altKey && !e.getModifierState("AltGraph");
    if (table.off || !plain || typing(e.target) || document.querySelector("dialog[open]")) return;
    const key = (begun ? begun + " " : "") + (e.shiftKey ? e.key : e.key.toLowerCase()), act = table.keys[key];
    clearTimeout(timer);
    begun = "";
    if (act) {
      e.preventDefault();
      if (!e.repeat || act === "down" || act === "up") perform(act);
    } else if (Object.keys(table.keys).some((k) => k.startsWith(key + " "))) {
      e.preventDefault();
      begun = key;
      timer = setTimeout(() => { begun = ""; }, 1500);
    }
  });
  const announce = () => {
    if (!table.off) for (const [key, act] of Object.entries(table.keys)) {
      if (!key.includes(" ")) for (const e of all(`main [data-act="${act}"]`)) e.setAttribute("aria-keyshortcuts", key);
    }
  };
  announce();
  document.addEventListener("guichet:fresh", announce); // what has come while the page is open
  opener.setAttribute("aria-haspopup", "dialog");
  opener.addEventListener("click", async (e) => {
    if (e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    (await palette()).open();
  });

  // Remote assistance opens at once; the address comes with the line that says so in the ticket.
  document.addEventListener("submit", async (e) => {
    const form = e.target;
    if (!form.matches("[data-remote]") || e.defaultPrevented) return;
    e.preventDefault();
    const answer = await fetch(form.action, { method: "POST", headers: { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded" } }).catch(() => null);
    if (!answer?.ok) { form.submit(); return; }
    delete form.dataset.sending; // the page stays: it may be asked for again
    const { link } = await answer.json();
    if (link.startsWith("https:")) window.open(link, "_blank", "noopener"); else location.href = link;
  });
}
