"use strict";
// What happens while a page is open. The tabs of a browser elect one that listens and tells the others.
// Each page works without this file.
(() => {
  const body = document.body, { reader, liveSince } = body.dataset;
  if (!liveSince || !window.EventSource) return;
  const one = (selector, root = document) => root.querySelector(selector);
  const kinds = ["hello", "ticket", "gone", "presence", "resync", "end"];
  const channel = window.BroadcastChannel ? new BroadcastChannel("guichet-live:" + reader) : null;
  const recent = [];
  let last = Number(liveSince), source, release, tries = 0, retry, over = false;

  // Polite words for those who do not see the page move.
  const voice = document.createElement("p");
  voice.className = "vh";
  voice.setAttribute("role", "status");
  body.append(voice);
  const say = (text) => { if (text) voice.textContent = text; };
  const warn = (text) => {
    if (!text || one("[data-live-warning]")) return;
    const box = document.createElement("div"), inner = document.createElement("div"), p = document.createElement("p");
    box.className = "banner box";
    box.dataset.liveWarning = "";
    box.setAttribute("role", "alert");
    p.textContent = text;
    inner.append(p);
    box.append(inner);
    (one("main") ?? body).prepend(box);
  };

  // The stream.
  const listen = () => {
    if (over || source) return;
    source = new EventSource("/live?since=" + last);
    for (const kind of kinds) source.addEventListener(kind, (e) => {
      const m = { ...JSON.parse(e.data), kind, id: Number(e.lastEventId) || last };
      if (kind !== "hello" && recent.push(m) > 100) recent.shift();
      channel?.postMessage(m);
      take(m);
    });
    source.onopen = () => { tries = 0; };
    source.onerror = () => { // the browser comes back by itself, but not to who refused it
      if (source?.readyState !== EventSource.CLOSED) return;
      source = null;
      clearTimeout(retry);
      retry = setTimeout(listen, Math.min(2 ** ++tries, 60) * 1000 * (0.5 + Math.random()));
    };
  };
  const leave = () => { clearTimeout(retry); source?.close(); source = null; release?.(); release = null; };
  const join = () => {
    if (over) return;
    if (navigator.locks && channel) navigator.locks.request("guichet-live:" + reader, () => new Promise((done) => { release = done; listen(); }));
    else if (!document.hidden) listen(); // without locks (plain HTTP), the tab that is looked at listens
    channel?.postMessage({ ask: last });
  };
  channel?.addEventListener("message", ({ data }) => {
    if (!data.ask) return take(data);
    if (!source) return;
    if (recent.length === 100 && recent[0].id > data.ask) channel.postMessage({ kind: "resync", id: last });
    else for (const m of recent) if (m.id > data.ask - 2e6) channel.postMessage(m);
  });
  addEventListener("pagehide", leave);
  addEventListener("pageshow", (e) => { if (e.persisted) { join(); later("page", 0); } });
  document.addEventListener("visibilitychange", () => {
    if (!navigator.locks) { if (document.hidden) leave(); else join(); }
    if (!document.hidden) for (const what of asked.keys()) later(what, 200);
  });

  // What is told.
  const here = Number(one("[data-live-ticket]")?.dataset.liveTicket);
  const fire = (name, detail) => document.dispatchEvent(new CustomEvent("guichet:" + name, { detail, cancelable: true }));
  const heard = new Set();
  const take = (m) => {
    const mark = [m.kind, m.id, m.number].join();
    if (heard.has(mark)) return;
    if (heard.add(mark).size > 400) heard.delete(heard.values().next().value);
    last = Math.max(last, m.id || 0);
    switch (m.kind) {
      case "ticket":
        for (const e of m.events ?? [{ kind: "" }]) fire("ticket", { number: m.number, version: m.version, ...e });
        if (m.number === here) { say((m.events ?? []).map((e) => e.say).filter(Boolean).join(" ")); later("page", 100 + Math.random() * 300); }
        else around(one("#t-" + m.number) ? 300 : 1000);
        break;
      case "gone":
        fire("gone", { number: m.number });
        if (m.number === here) warn(m.say);
        else around(300);
        break;
      case "presence": fire("presence", m); show(m); break;
      case "resync": fire("resync", {}); later("page", Math.random() * 4000); break;
      case "hello": fire("hello", {}); break;
      case "end": over = true; fire("end", {}); leave(); warn(m.say); break;
    }
  };
  const around = (soon) => {
    if (one('[data-live="list"]')) later("page", soon * (1 + 2 * Math.random()));
    else if (one('[data-live="rail"]')) later("rail", 1000 + 2000 * Math.random());
  };

  // Fragments are asked again: soon, once, and only while somebody looks.
  const asked = new Map();
  const later = (what, delay) => {
    const waits = asked.get(what);
    if (waits?.timer || waits?.busy && (waits.again = true)) return;
    const w = { timer: document.hidden ? 0 : setTimeout(() => run(what, w), delay) };
    asked.set(what, w);
  };
  const run = async (what, w) => {
    w.timer = 0;
    w.busy = true;
    const page = await fetchPage(what === "rail" ? one('[data-live="rail"]').dataset.url : address());
    if (page) {
      for (const old of document.querySelectorAll("[data-live]")) {
        const now = page.getElementById(old.id);
        if (now && (what === "page" || old.dataset.live === what) && fire("arrives", { old, now, renew, say })) renew(old, now);
      }
      fire("fresh", { page, busy });
    }
    asked.delete(what);
    if (w.again) later(what, 1500);
  };
  const address = () => {
    const url = new URL(location.href), seen = one(".composer [name=seen]");
    url.searchParams.delete("sent");
    if (seen) url.searchParams.set("seen", seen.value);
    const since = one("[data-since]");
    if (since) url.searchParams.set("since", since.dataset.since);
    url.hash = "";
    return url.href;
  };
  // A document made by the browser itself: its scripts do not run, and no text becomes a tree here.
  const fetchPage = (url) => new Promise((done) => {
    const x = new XMLHttpRequest();
    x.open("GET", url);
    x.responseType = "document";
    x.setRequestHeader("Guichet-Live", "page");
    x.onload = () => done(x.status === 200 && new URL(x.responseURL).pathname === new URL(url, location).pathname ? x.response : null);
    x.onerror = () => done(null);
    x.send();
  });

  // A new tree is laid over the old one. What somebody types in, or has unfolded, is left alone.
  const kept = new Set(["hidden", "open", "style", "aria-expanded", "aria-keyshortcuts"]);
  const field = "input, textarea, select";
  const touched = (f) => f === document.activeElement || (["checkbox", "radio"].includes(f.type) ? f.checked !== f.defaultChecked
    : f.options ? [...f.options].some((o) => o.selected !== o.defaultSelected) && ([...f.options].some((o) => o.defaultSelected) || f.selectedIndex > 0)
      : f.value !== f.defaultValue);
  const busy = (form) => form.dataset.sending || [...form.elements].some((f) => f.matches(field) && touched(f));
  const key = (n) => n.id || n.dataset?.liveKey || "";
  const renew = (a, b) => {
    if (a.isEqualNode(b)) return;
    if (a.nodeName !== b.nodeName || key(a) !== key(b)) { a.replaceWith(document.importNode(b, true)); return; }
    if (a.nodeType !== 1) { a.data = b.data; return; }
    if (a.matches("form") && busy(a) || a.matches(field) && touched(a) || a.hasAttribute("data-live-keep")) return;
    for (const { name, value } of [...b.attributes]) if (!kept.has(name) && a.getAttribute(name) !== value) a.setAttribute(name, value);
    for (const { name } of [...a.attributes]) if (!kept.has(name) && !b.hasAttribute(name)) a.removeAttribute(name);
    const next = [...b.childNodes], wanted = new Set(next.map(key));
    for (const n of [...a.childNodes]) if (key(n) && !wanted.has(key(n))) n.remove();
    const known = new Map([...a.childNodes].filter(key).map((n) => [key(n), n]));
    let at = a.firstChild;
    for (const child of next) {
      const same = key(child) ? known.get(key(child)) : at && !key(at) && at.nodeName === child.nodeName ? at : null;
      if (same) {
        if (same === at) at = at.nextSibling;
        else a.insertBefore(same, at);
        renew(same, child);
      } else {
        const n = a.insertBefore(document.importNode(child, true), at);
        if (key(n)) n.classList.add("fresh");
      }
    }
    while (at) { const n = at; at = at.nextSibling; n.remove(); }
  };

  // Presence.
  const newest = new Map();
  const show = ({ number, people = [], id }) => {
    if (id < newest.get(number)) return; // an answer that a message overtook
    newest.set(number, id);
    for (const box of document.querySelectorAll(`[data-presence="${number}"]`)) {
      box.hidden = !people.length;
      one("[data-people]", box).replaceChildren(...people.flatMap((p) => {
        const av = document.createElement("span"), words = document.createElement("span");
        av.className = "av live " + p.hue;
        av.title = p.say;
        av.setAttribute("aria-hidden", "true");
        av.textContent = p.initials;
        words.className = p.writing && box.hasAttribute("data-said") ? "writes" : "vh";
        words.textContent = p.say + " ";
        return [av, words];
      }));
    }
  };
  document.addEventListener("guichet:present", (e) => show(e.detail));
  join();
})();
