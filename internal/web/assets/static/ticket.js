"use strict";
// The page of a ticket: on a small screen the parts beside it begin as lines, and its reader is seen by the others.
{
  const small = matchMedia("(max-width: 71.99rem)");
  const reveal = (id) => { // what a link leads to is unfolded, with what is around it
    const to = document.getElementById(id ?? "");
    if (to?.matches("details")) to.open = true;
    for (let e = to?.closest("details"); e; e = e.parentElement.closest("details")) e.open = true;
  };
  const fold = () => {
    for (const part of $$("details[data-fold]")) part.open = !small.matches || part.contains(document.activeElement) || Boolean($("details[open], [aria-invalid]", part));
    reveal(location.hash.slice(1));
  };
  small.addEventListener("change", fold);
  document.addEventListener("click", (e) => reveal(e.target.closest('a[href^="#"]')?.hash.slice(1)));
  fold();

  // Finding somebody is fetched when it is asked for.
  document.addEventListener("focusin", async ({ target: field }) => {
    const finder = field.closest("[data-finder]");
    if (!finder || finder.dataset.ready) return;
    finder.dataset.ready = "yes";
    try { await import(finder.dataset.finder); } catch { delete finder.dataset.ready; return; } // asked again at the next visit
    if (field.value) field.dispatchEvent(new Event("input", { bubbles: true })); // typed meanwhile
  });

  // Tags are offered as they are typed, like those of a search: the last used by one's teams and services.
  const offer = async ({ target: field }) => {
    if (!field.matches?.("[data-tags]") || field.dataset.asked === field.value) return;
    const asked = () => 'tag:"' + field.value, q = asked();
    field.dataset.asked = field.value;
    const answer = await fetch(field.dataset.tags + "?" + new URLSearchParams({ q, at: [...q].length }), { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok || q !== asked()) return;
    field.list.replaceChildren(...(await answer.json()).map(({ text }) => new Option("", text.replace(/^"|"$/g, ""))));
  };
  document.addEventListener("focusin", offer);
  document.addEventListener("input", offer);

  // What the composer says of the page it is on follows the page, unless something is typed in it.
  const knows = (form, seen, version) => {
    if (form?.elements.seen && seen) form.elements.seen.value = seen;
    if (form?.elements.version && version) form.elements.version.value = version;
  };
  document.addEventListener("guichet:fresh", ({ detail: { page, busy } }) => {
    const form = $("form.composer"), now = $("form.composer", page);
    const writes = form && (busy(form) || $$("textarea", form).some((a) => a.value.trim()));
    if (now && !writes) knows(form, now.elements.seen?.value, now.elements.version?.value);
  });
  document.addEventListener("click", (e) => { // what others did has been looked at
    const link = e.target.closest("[data-live-seen]");
    if (!link) return;
    knows($("form.composer"), link.dataset.liveSeen, link.dataset.liveVersion);
    link.closest("#meanwhile").replaceChildren();
  });

  // What can wait is asked for once the page stands.
  const bring = (part) => {
    const x = new XMLHttpRequest();
    x.open("GET", part.dataset.later);
    x.responseType = "document";
    x.setRequestHeader("Guichet-Live", "part");
    x.onload = () => {
      const found = x.status === 200 && x.response?.getElementById(part.id);
      if (found) part.replaceChildren(...document.importNode(found, true).childNodes);
    };
    x.send();
  };
  for (const part of $$("[data-later]")) (window.requestIdleCallback ?? setTimeout)(() => bring(part));

  // Who is here, and who writes, as far as others are told (live.js listens to them).
  const here = $("[data-live-here]")?.dataset.liveTicket;
  if (here && document.body.dataset.liveSince && window.EventSource) {
    const page = Math.random().toString(36).slice(2);
    const be = (state) => fetch("/desk/tickets/" + here + "/presence", { method: "POST", keepalive: true, headers: { "Guichet-Live": "presence" }, body: new URLSearchParams({ state, page }) })
      .then((r) => r.ok && state !== "leaves" && r.json().then((detail) => document.dispatchEvent(new CustomEvent("guichet:present", { detail })))).catch(() => {});
    let wrote = -1e9, over = false;
    const stay = () => { if (!document.hidden && !over) be(performance.now() - wrote < 12e3 ? "writes" : "views"); };
    stay();
    setInterval(stay, 60e3);
    document.addEventListener("visibilitychange", stay);
    document.addEventListener("guichet:hello", stay); // who came before the stream was open, or while it was not
    document.addEventListener("guichet:end", () => { over = true; });
    addEventListener("pagehide", () => be("leaves"));
    document.addEventListener("input", (e) => {
      if (!e.target.closest(".composer") || performance.now() - wrote < 8e3) return;
      wrote = performance.now();
      be("writes");
    });
  }
}
