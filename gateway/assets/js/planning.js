// Choosing nights on the planning: mouse drag, touch (tap the first day, then the last), keyboard (arrows, Shift, Enter).
// A chosen span « first night to last night » opens the menu, whose links carry `hebergement`, `du` (arrival), `au` (departure).
import { plus, span, words } from "./dates.js";

const $ = (name, text = "", className = "") => Object.assign(document.createElement(name), { textContent: text, className });

class Selection {
  constructor(root) {
    this.root = root;
    this.menu = document.getElementById("planning-menu");
    this.hint = document.querySelector("[data-planning-hint]");
    this.idle = this.hint?.textContent || "";
    this.clear();
  }

  clear() {
    this.first = this.last = this.listing = null;
    this.paint();
    if (this.hint) this.hint.textContent = this.idle;
  }

  begin(listing, day) {
    Object.assign(this, { listing, first: day, last: day });
    this.paint();
    if (this.hint) this.hint.textContent = `${listing} · ${words(day)}. ${this.hint.dataset.next}`;
  }

  extend(day) { this.last = day; this.paint(); }

  // Tap or Enter: the first sets the beginning, the second ends it.
  tap(listing, day) {
    if (this.listing !== listing || !this.first) this.begin(listing, day);
    else { this.extend(day); this.finish(); }
  }

  get nights() { return this.first <= this.last ? [this.first, plus(this.last, 1)] : [this.last, plus(this.first, 1)]; }

  finish() {
    const [arrival, departure] = this.nights;
    const { listing, menu } = this;
    if (!menu) return;
    menu.querySelector("[data-menu-listing]").textContent = listing;
    menu.querySelector("[data-menu-span]").textContent = span(arrival, departure);
    for (const link of menu.querySelectorAll("a[data-base]")) {
      const url = new URL(link.dataset.base, location.href);
      url.searchParams.set("hebergement", listing);
      url.searchParams.set("du", arrival);
      url.searchParams.set("au", departure);
      link.href = url.href;
    }
    menu.addEventListener("close", () => this.clear(), { once: true });
    menu.showModal();
  }

  paint() {
    document.querySelectorAll(".track > .sel").forEach((mark) => mark.remove());
    document.querySelectorAll(".wday.sel").forEach((mark) => mark.classList.remove("sel"));
    if (!this.first) return;
    const [arrival, departure] = this.nights;
    const row = this.root.querySelector(`tr[data-listing="${CSS.escape(this.listing)}"] .track`);
    if (row) {
      const days = Number(this.root.dataset.days);
      const at = (day) => Math.round((Date.parse(day) - Date.parse(this.root.dataset.first)) / 86400000);
      const [from, to] = [Math.max(1, 2 * at(arrival) + 2), Math.min(2 * days + 1, 2 * at(departure) + 2)];
      row.append($("i", "", `sel s-${from} e-${to}`));
    }
    for (const cell of document.querySelectorAll(`.wall-cal[data-listing="${CSS.escape(this.listing)}"] .wday`)) {
      cell.classList.toggle("sel", cell.dataset.day >= arrival && cell.dataset.day < departure);
    }
  }
}

function wide(table, selection) {
  const days = Number(table.dataset.days);
  const dayAt = (track, x) => {
    const box = track.getBoundingClientRect();
    return plus(table.dataset.first, Math.min(days - 1, Math.max(0, Math.floor(((x - box.left) / box.width) * days))));
  };
  const listingOf = (track) => track.closest("tr").dataset.listing;
  let dragging = null;

  table.addEventListener("dragstart", (event) => event.preventDefault());
  table.addEventListener("pointerdown", (event) => {
    const track = event.target.closest(".track");
    if (!track || event.target.closest(".bar") || event.pointerType === "touch" || event.button !== 0) return;
    event.preventDefault();
    dragging = track;
    track.setPointerCapture(event.pointerId);
    selection.begin(listingOf(track), dayAt(track, event.clientX));
  });
  table.addEventListener("pointermove", (event) => { if (dragging) selection.extend(dayAt(dragging, event.clientX)); });
  table.addEventListener("pointerup", () => { if (dragging) { dragging = null; selection.finish(); } });
  table.addEventListener("pointercancel", () => { dragging = null; selection.clear(); });
  table.addEventListener("click", (event) => {
    const track = event.target.closest(".track");
    if (!track || event.target.closest(".bar") || event.pointerType !== "touch") return;
    selection.tap(listingOf(track), dayAt(track, event.clientX));
  });
  keyboard(table, selection, days);
}

// One button walks over the days; its name is what is there, so that a screen reader says it.
function keyboard(table, selection, days) {
  const cursor = $("button");
  const tracks = [...table.querySelectorAll(".track")];
  let [row, day, anchor] = [0, 1, null];
  if (!tracks.length) return;
  cursor.type = "button";
  const date = () => plus(table.dataset.first, day);
  const show = (focus) => {
    const track = tracks[row];
    if (cursor.parentElement !== track) track.append(cursor);
    cursor.className = `cursor s-${2 * day + 1} e-${2 * day + 3}`;
    const inside = [...track.querySelectorAll("[data-from]")].filter((bar) => bar.dataset.from <= date() && date() < bar.dataset.to);
    const state = inside.map((bar) => bar.dataset.label || bar.title).join(", ") || table.dataset.free;
    cursor.setAttribute("aria-label", `${track.closest("tr").dataset.listing}, ${words(date())} : ${state}`);
    if (focus) { cursor.focus(); cursor.scrollIntoView({ block: "nearest", inline: "center" }); }
  };
  const moves = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -days], End: [0, days] };
  cursor.addEventListener("keydown", (event) => {
    const move = moves[event.key];
    const listing = () => tracks[row].closest("tr").dataset.listing;
    if (move) {
      event.preventDefault();
      if (event.shiftKey && !anchor && move[1]) { anchor = date(); selection.begin(listing(), anchor); }
      if (!event.shiftKey && anchor) { anchor = null; selection.clear(); }
      if (!anchor) row = Math.min(tracks.length - 1, Math.max(0, row + move[0]));
      day = Math.min(days - 1, Math.max(0, day + move[1]));
      if (anchor) selection.extend(date());
      show(true);
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (!anchor) selection.begin(listing(), date());
      anchor = null;
      selection.finish();
    } else if (event.key === "Escape") { anchor = null; selection.clear(); }
  });
  show(false);
}

function wall(calendar, selection) {
  calendar.addEventListener("click", (event) => {
    const cell = event.target.closest(".wday");
    if (!cell || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    selection.tap(calendar.dataset.listing, cell.dataset.day);
  });
}

function start() {
  const table = document.querySelector("table.planning");
  const selection = new Selection(table || document.body);
  if (table) wide(table, selection);
  document.querySelectorAll(".wall-cal").forEach((calendar) => wall(calendar, selection));
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !selection.menu?.open) selection.clear(); });
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
