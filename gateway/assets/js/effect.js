// What saving would change, asked while the person types; without script the button « Voir l'effet » asks.
const WAIT_MS = 700;
const timers = new WeakMap();
const asked = new WeakMap();

async function ask(form) {
  const box = form.querySelector("[data-effect-box]");
  if (!box || form.dataset.sent === "yes") return;
  asked.get(form)?.abort();
  const control = new AbortController();
  asked.set(form, control);
  const body = new URLSearchParams(new FormData(form));
  body.set("action", "effet");
  try {
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body, headers: { "X-Part": "effet" }, signal: control.signal });
    if (!answer.ok && answer.status !== 422) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.querySelector("[data-effect-box]");
    if (!found) return;
    box.replaceChildren(...found.childNodes);
    const line = form.querySelector("[data-effect-line]");
    if (line) line.textContent = box.querySelector("p, li")?.textContent ?? "";
  } catch { /* The connection is away or a newer question is on its way: saving asks again. */ }
}

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.matches("[data-effect]")) return;
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => ask(form), WAIT_MS));
});
document.addEventListener("submit", (event) => {
  clearTimeout(timers.get(event.target));
  asked.get(event.target)?.abort();
});
