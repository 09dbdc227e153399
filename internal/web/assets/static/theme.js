"use strict";
// Runs before the first paint, so that the chosen theme does not flash.
{
  let chosen = null;
  try { chosen = localStorage.getItem("theme"); } catch { /* storage is off */ }
  const asked = new URLSearchParams(location.search).get("theme");
  const theme = asked === "dark" || asked === "light" ? asked : chosen;
  if (theme) document.documentElement.dataset.theme = theme;
  document.documentElement.classList.add("js");
}
