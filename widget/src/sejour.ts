// <sejour-reservation>: a nicer way to fill the real form it surrounds; without script the form itself serves.
import { at, french, monthOf, nextMonth, plus, today } from "./dates";
import { STYLE } from "./style";
import { LANGUAGES, Words } from "./words";

interface Night { date: string; state: string; arrival_allowed: boolean; bookable: boolean; price: { amount: number; currency: string } | null }
type Attributes = Record<string, string | EventListener>;

const LEAST_CODE = 3; // No promotional code is shorter; the calendar refuses one.
const origin = new URL((document.currentScript as HTMLScriptElement | null)?.src || location.href).origin;
const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);

// Makes an element: attributes by name, listeners by `on…`, children as nodes or text.
function make(tag: string, attributes: Attributes = {}, ...children: (Node | string)[]): HTMLElement {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "string") element.setAttribute(name, value);
    else element.addEventListener(name.slice(2), value);
  }
  element.append(...children);
  return element;
}

class SejourReservation extends HTMLElement {
  private words: Words = LANGUAGES.fr;
  private language = "fr";
  private arrival = "";
  private month = monthOf(today());
  private nights = new Map<string, Night>();
  private asked = "";
  private panel!: HTMLElement;
  private opener!: HTMLElement;
  private error!: HTMLElement;
  private ages!: HTMLElement;
  private count!: HTMLSelectElement;
  private unit!: HTMLSelectElement;
  private adults!: HTMLSelectElement;
  private promo!: HTMLInputElement;

  connectedCallback(): void {
    if (this.shadowRoot || !this.querySelector("form")) return;
    const wanted = (this.lang || document.documentElement.lang || navigator.language).slice(0, 2);
    this.language = wanted in LANGUAGES ? wanted : "fr";
    this.words = LANGUAGES[this.language];
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    root.append(this.draw());
    root.addEventListener("keydown", (event) => {
      if ((event as KeyboardEvent).key === "Escape" && !this.panel.hidden) this.toggle(false);
    });
  }

  private get form(): HTMLFormElement { return this.querySelector("form")!; }
  private get locale(): string { return this.language === "en" ? "en-GB" : this.language; }
  private get code(): string { return this.promo.value.trim(); }
  private get listing(): string { return this.getAttribute("listing") || ""; }

  private select(name: string, label: string, options: [string, string][], value: string, change?: EventListener): HTMLSelectElement {
    const select = make("select", { "aria-label": label, part: `field ${name}` }, ...options.map(([key, text]) => make("option", { value: key }, text))) as HTMLSelectElement;
    select.value = value;
    if (change) select.addEventListener("change", change);
    return select;
  }

  private draw(): HTMLElement {
    const w = this.words;
    const numbers = (from: number, to: number): [string, string][] => Array.from({ length: to - from + 1 }, (_, index) => [String(from + index), String(from + index)]);
    const stale = (): void => { this.nights.clear(); this.asked = ""; if (!this.panel.hidden) this.show(); };
    this.count = this.select("duration", w.stay, numbers(1, 28), "1", stale);
    this.unit = this.select("unit", `${w.weeks} / ${w.nights}`, [["semaine", w.weeks], ["nuit", w.nights]], "semaine", stale);
    this.adults = this.select("adults", w.adults, numbers(1, 15), "2", stale);
    const children = this.select("children", w.children, numbers(0, 8), "0", () => this.askAges(Number(children.value)));
    const given = String(new FormData(this.form).get("code_promo") || "");
    this.promo = make("input", { "aria-label": w.promo, part: "field promo", value: given, maxlength: "40", size: "14", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", onchange: stale }) as HTMLInputElement;
    this.ages = make("span", { class: "r" });
    this.opener = make("button", { type: "button", class: "d", part: "field arrival", "aria-expanded": "false", "aria-label": `${w.arrival} : ${w.choose}`, onclick: () => this.toggle(this.panel.hidden) }, w.choose);
    this.panel = make("div", { class: "c", part: "calendar", role: "group", "aria-label": w.arrival, hidden: "" });
    this.error = make("p", { class: "e", role: "alert" });
    const field = (label: string, ...inputs: Node[]): HTMLElement => make("div", { class: "f" }, make("span", { "aria-hidden": "true" }, label), make("div", { class: "r" }, ...inputs));
    return make("form", { part: "form", onsubmit: (event: Event) => this.go(event) },
      field(w.arrival, this.opener), field(w.stay, this.count, this.unit), field(w.adults, this.adults), field(w.children, children, this.ages),
      make("details", given ? { open: "" } : {}, make("summary", {}, w.havePromo), this.promo),
      make("button", { class: "go", part: "button" }, w.search), this.error, this.panel);
  }

  private askAges(count: number): void {
    const old = [...this.ages.children].map((select) => (select as HTMLSelectElement).value);
    this.ages.replaceChildren(...Array.from({ length: count }, (_, index) =>
      this.select("age", `${this.words.age} ${index + 1}`, Array.from({ length: 18 }, (__, age): [string, string] => [String(age), String(age)]), old[index] || "8")));
  }

  private toggle(open: boolean): void {
    this.panel.hidden = !open;
    this.opener.setAttribute("aria-expanded", String(open));
    if (open) this.show(); else this.opener.focus();
  }

  private show(): void {
    const w = this.words, first = this.month, now = today();
    const weekday = (at(first).getUTCDay() + 6) % 7;
    const format = (options: Intl.DateTimeFormatOptions, day: string): string => new Intl.DateTimeFormat(this.locale, { timeZone: "UTC", ...options }).format(at(day));
    const move = (by: number) => (): void => { this.month = nextMonth(first, by); this.show(); };
    const head = make("div", { class: "h" },
      make("button", { type: "button", "aria-label": w.before, onclick: move(-1), ...(first <= monthOf(now) ? { disabled: "" } : {}) }, "‹"),
      make("b", { "aria-live": "polite" }, format({ month: "long", year: "numeric" }, first)),
      make("button", { type: "button", "aria-label": w.after, onclick: move(1) }, "›"));
    const monday = "2024-01-01";
    const letters = make("tr", {}, ...Array.from({ length: 7 }, (_, index) => make("th", { scope: "col" }, format({ weekday: "short" }, plus(monday, index)).slice(0, 2))));
    const rows: HTMLElement[] = [];
    for (let start = plus(first, -weekday); start < nextMonth(first, 1); start = plus(start, 7)) {
      rows.push(make("tr", {}, ...Array.from({ length: 7 }, (_, index) => this.day(plus(start, index), now, format))));
    }
    this.panel.replaceChildren(head, make("table", {}, make("thead", {}, letters), make("tbody", {}, ...rows)));
    if (this.listing) void this.load(first);
  }

  private day(day: string, now: string, format: (options: Intl.DateTimeFormatOptions, day: string) => string): HTMLElement {
    if (monthOf(day) !== this.month) return make("td");
    const night = this.nights.get(day), w = this.words, number = String(Number(day.slice(8)));
    const reason = day < now ? w.closed : !night || night.bookable ? "" : night.state === "taken" ? w.taken : night.state === "closed" ? w.closed : w.noArrival;
    const price = night?.bookable && night.price ? new Intl.NumberFormat(this.locale, { style: "currency", currency: night.price.currency, maximumFractionDigits: 0 }).format(night.price.amount / 100) : "";
    const label = [`${number}${price && ` ${price}`}`, format({ weekday: "long", day: "numeric", month: "long", year: "numeric" }, day), reason].filter(Boolean).join(", ");
    const attributes: Attributes = { type: "button", "aria-label": label, "aria-pressed": String(day === this.arrival), part: "day", title: reason };
    if (reason) attributes["aria-disabled"] = "true";
    else attributes.onclick = () => this.choose(day, format({ weekday: "short", day: "numeric", month: "long", year: "numeric" }, day));
    return make("td", {}, make("button", attributes, number, ...(price ? [make("small", {}, price)] : [])));
  }

  private choose(day: string, shown: string): void {
    this.arrival = day;
    this.opener.textContent = shown;
    this.opener.setAttribute("aria-label", `${this.words.arrival} : ${shown}`);
    this.error.textContent = "";
    this.toggle(false);
  }

  private async load(month: string): Promise<void> {
    const nights = Number(this.count.value) * (this.unit.value === "semaine" ? 7 : 1);
    const query = `from=${month}&to=${nextMonth(month, 2)}&nights=${nights}&adults=${this.adults.value}${this.code.length < LEAST_CODE ? "" : `&promo_code=${encodeURIComponent(this.code)}`}`;
    if (this.asked === query || this.nights.has(plus(month, 27))) return;
    this.asked = query;
    try {
      const answer = await fetch(`${origin}/api/v1/listings/${encodeURIComponent(this.listing)}/calendar?${query}`, { headers: { "Sejour-Widget": this.getAttribute("key") || "" }, credentials: "omit" });
      if (!answer.ok || this.asked !== query) return;
      for (const night of (await answer.json()).days as Night[]) this.nights.set(night.date, night);
      if (this.month === month && !this.panel.hidden) this.show();
    } catch { /* Without prices the calendar still serves. */ }
  }

  private go(event: Event): void {
    event.preventDefault();
    if (!this.arrival) {
      this.error.textContent = this.words.needDate;
      this.toggle(true);
      return;
    }
    const address = new URL(this.form.action);
    new FormData(this.form).forEach((value, name) => address.searchParams.set(name, String(value)));
    const ages = [...this.ages.children].map((select) => (select as HTMLSelectElement).value);
    const answers: Record<string, string> = { arrivee: french(this.arrival), duree: this.count.value, unite: this.unit.value, adultes: this.adults.value, enfants: ages.join(", "), origine: "widget" };
    if (this.listing) answers.hebergement = this.listing;
    address.searchParams.delete("code_promo");
    if (this.code) answers.code_promo = this.code;
    for (const [name, value] of Object.entries(answers)) address.searchParams.set(name, value);
    const told = new CustomEvent("sejour:search", { bubbles: true, composed: true, cancelable: true, detail: { arrival: this.arrival, address: address.href } });
    if (!this.dispatchEvent(told)) return;
    if (this.getAttribute("target") === "_blank") window.open(address, "_blank", "noopener");
    else location.assign(address);
  }
}

if (!customElements.get("sejour-reservation")) customElements.define("sejour-reservation", SejourReservation);
