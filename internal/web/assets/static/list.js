"use strict";
// Choosing several tickets of a list: the bar shows itself when some are ticked, Shift ticks a range.
(() => {
  const bar = () => document.querySelector("[data-bulk]");
  const boxes = () => [...document.querySelectorAll('#list input[name="n"]')];
  let last = null;

  const show = () => {
    const form = bar();
    if (!form) return;
    const n = boxes().filter((b) => b.checked).length, all = document.querySelector("[data-all]"), whole = form.elements.all.checked;
    form.hidden = n === 0 && !whole;
    form.querySelector("[data-bulk-count]").textContent = whole ? "" : n === 1 ? form.dataset.one : form.dataset.other.replace("#", n);
    if (!all) return;
    all.hidden = false;
    all.checked = n > 0 && n === boxes().length;
    all.indeterminate = n > 0 && !all.checked;
  };
  document.addEventListener("click", (e) => {
    const box = e.target.closest?.('#list input[name="n"]');
    if (!box) return;
    const list = boxes(), from = list.findIndex((b) => b.value === last), to = list.indexOf(box);
    if (e.shiftKey && from >= 0) for (const b of list.slice(Math.min(from, to), Math.max(from, to) + 1)) b.checked = box.checked;
    last = box.value;
    show();
  });
  document.addEventListener("change", (e) => {
    if (e.target.matches?.("[data-all]")) for (const b of boxes()) b.checked = e.target.checked;
    show();
  });
  document.addEventListener("reset", (e) => { if (e.target === bar()) setTimeout(show); });
  addEventListener("pageshow", show);

  // A list whose reader has scrolled or chosen does not move: new rows wait behind a button.
  let moved = 0;
  document.addEventListener("pointermove", (e) => { if (e.target.closest?.('[data-live="list"]')) moved = e.timeStamp; });
  const calm = (list) => scrollY < 40 && !list.querySelector("input:checked") && !list.contains(document.activeElement) && performance.now() - moved > 1500;
  document.addEventListener("guichet:arrives", (e) => {
    const { old: list, now, renew, say } = e.detail, button = document.querySelector("[data-live-new]");
    if (!button || list.dataset.live !== "list" || calm(list)) return;
    e.preventDefault();
    const rows = new Map([...now.querySelectorAll("[id^=t-]")].map((r) => [r.id, r]));
    for (const row of list.querySelectorAll("[id^=t-]")) {
      if (rows.has(row.id)) renew(row, rows.get(row.id));
      else row.classList.add("left");
      rows.delete(row.id);
    }
    button.hidden = !rows.size;
    button.textContent = rows.size === 1 ? button.dataset.one : button.dataset.other.replace("{n}", rows.size);
    if (rows.size) say(button.textContent);
    button.onclick = () => { renew(list, now); button.hidden = true; scrollTo({ top: 0 }); list.querySelector("a[href]")?.focus({ preventScroll: true }); };
  });

  // A list that is asked again keeps what was ticked.
  let kept = new Set();
  document.addEventListener("change", () => { kept = new Set(boxes().filter((b) => b.checked).map((b) => b.value)); });
  document.addEventListener("guichet:fresh", () => {
    for (const b of boxes()) if (kept.has(b.value)) b.checked = true;
    show();
  });
  show();
})();
