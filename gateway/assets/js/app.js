// Everything here is a convenience: each page works without script.
import "./form.js";
import "./grid.js";
import "./effect.js";
import "./planning.js";

document.documentElement.classList.add("js");

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-dismiss],[data-copy],[data-print],[data-reveal],[data-close],[data-menu]");
  if (!target) return;
  if (target.matches("[data-dismiss]")) target.closest(".toast, .banner")?.remove();
  else if (target.matches("[data-print]")) window.print();
  else if (target.matches("[data-close]")) target.closest("dialog")?.close();
  else if (target.matches("[data-menu]")) {
    event.preventDefault();
    const menu = document.getElementById("menu");
    const open = menu.classList.toggle("open");
    target.setAttribute("aria-expanded", String(open));
    if (open) { menu.scrollIntoView({ block: "start" }); menu.querySelector("a")?.focus(); }
  } else if (target.matches("[data-copy]")) {
    navigator.clipboard?.writeText(document.getElementById(target.dataset.copy).textContent.trim());
    target.querySelector("[data-copied]")?.removeAttribute("hidden");
  } else {
    const input = document.getElementById(target.dataset.reveal);
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    target.setAttribute("aria-pressed", String(!shown));
  }
});
