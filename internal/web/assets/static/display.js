"use strict";
// The columns of a list are moved where they stand; without this file the same buttons ask the server.
(() => {
  const list = document.querySelector("[data-order]"), voice = document.createElement("p");
  voice.className = "vh";
  voice.setAttribute("role", "status");
  list.after(voice);
  const button = (li, way) => li.querySelector(`button[value^="${way}:"]`);
  list.addEventListener("click", (e) => {
    const pressed = e.target.closest('button[name="move"]');
    if (!pressed) return;
    e.preventDefault();
    const li = pressed.closest("li"), way = pressed.value.split(":")[0];
    if (way === "up") li.previousElementSibling?.before(li); else li.nextElementSibling?.after(li);
    const lines = [...list.children];
    lines.forEach((line, i) => { button(line, "up").disabled = i === 0; button(line, "down").disabled = i === lines.length - 1; });
    (pressed.disabled ? button(li, way === "up" ? "down" : "up") : pressed).focus();
    voice.textContent = `${lines.indexOf(li) + 1} / ${lines.length}`;
  });
})();
