// Forms: date picker button, dates in words, guard against lost changes, double submission and a lost connection.
import { iso, parse, plus, read, span, typed, words } from "./dates.js";

const sentence = (name) => document.body.dataset[name] || "";
let changed = null;

export function toast(text, kind = "danger") {
  let box = document.querySelector(".toasts");
  if (!box) {
    box = Object.assign(document.createElement("div"), { className: "toasts" });
    document.body.append(box);
  }
  const note = Object.assign(document.createElement("div"), { className: `toast ${kind}`, textContent: text });
  note.setAttribute("role", kind === "danger" ? "alert" : "status");
  box.replaceChildren(note);
}

function showWords(box) {
  const out = box.querySelector("[data-in-words]");
  if (!out) return;
  const [first, last] = [...box.querySelectorAll("[data-date]")].map((input) => read(input.value));
  const inclusive = box.dataset.words === "nights";
  if (first && last && (inclusive ? last >= first : last > first)) out.textContent = span(first, inclusive ? plus(last, 1) : last);
  else if (first && box.dataset.words === "one") out.textContent = words(first);
  else out.textContent = "";
}

document.addEventListener("focusout", (event) => {
  const input = event.target.closest?.("[data-date]");
  if (!input) return;
  const date = read(input.value);
  if (date) input.value = typed(date);
});

document.addEventListener("input", (event) => {
  const box = event.target.closest?.("[data-words]");
  if (box) showWords(box);
  const form = event.target.form;
  if (form?.matches("[data-guard]")) changed = form;
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-pick]");
  if (!button) return;
  const input = document.getElementById(button.dataset.pick);
  const native = button.nextElementSibling;
  native.value = read(input.value) || input.dataset.default || "";
  native.showPicker();
});

document.addEventListener("change", (event) => {
  const native = event.target.closest?.(".date .native");
  if (native?.value) {
    const input = document.getElementById(native.previousElementSibling.dataset.pick);
    input.value = typed(native.value);
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.focus();
  }
  const select = event.target.closest?.("select[data-submit]");
  if (select) select.form.requestSubmit();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (!navigator.onLine) {
    event.preventDefault();
    toast(sentence("offline"));
    return;
  }
  if (form.dataset.sent === "yes") { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  form.classList.add("sending");
  changed = null;
});

// A page that comes back by the browser's « back » may be sent again: its hidden key makes the repeat harmless.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.classList.remove("sending");
  }
  for (const box of document.querySelectorAll("[data-words]")) showWords(box);
});
window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
window.addEventListener("offline", () => toast(sentence("offline")));
window.addEventListener("online", () => toast(sentence("online"), "ok"));

export { iso, parse };
