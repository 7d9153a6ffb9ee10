// Dates as civil days (UTC noon free), in words as the server writes them.
const DAY = 86400000;
const lang = () => document.documentElement.lang || "fr";

export const parse = (iso) => new Date(`${iso}T00:00:00Z`);
export const iso = (date) => date.toISOString().slice(0, 10);
export const plus = (text, days) => iso(new Date(parse(text).getTime() + days * DAY));
export const nights = (from, to) => Math.round((parse(to) - parse(from)) / DAY);

export function words(text, parts = { weekday: "long", day: "numeric", month: "long", year: "numeric" }) {
  const shown = new Intl.DateTimeFormat(lang(), { ...parts, timeZone: "UTC" }).format(parse(text));
  return lang().startsWith("fr") ? shown.replace(/(^| )1 /, "$11er ") : shown;
}

export function span(arrival, departure) {
  const [a, d] = [parse(arrival), parse(departure)];
  const year = a.getUTCFullYear() === d.getUTCFullYear();
  const month = year && a.getUTCMonth() === d.getUTCMonth();
  const count = nights(arrival, departure);
  const first = lang().startsWith("fr")
    ? words(arrival, { weekday: "long", day: "numeric", ...(month ? {} : { month: "long" }), ...(year ? {} : { year: "numeric" }) })
    : words(arrival);
  return lang().startsWith("fr")
    ? `du ${first} au ${words(departure)} (${count} nuit${count > 1 ? "s" : ""})`
    : `from ${first} to ${words(departure)} (${count} night${count > 1 ? "s" : ""})`;
}

// « 18/7/26 », « 18-07-2026 », « 18 07 2026 » and « 2026-07-18 » are all read; anything else gives null.
export function read(text) {
  const plain = text.trim();
  let match = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(plain);
  let parts = match && [match[1], match[2], match[3]];
  if (!match) {
    match = /^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})$/.exec(plain) || /^(\d{2})(\d{2})(\d{4})$/.exec(plain);
    if (!match) return null;
    parts = [match[3].length === 2 ? `20${match[3]}` : match[3], match[2], match[1]];
  }
  const text2 = `${parts[0]}-${parts[1].padStart(2, "0")}-${parts[2].padStart(2, "0")}`;
  const date = parse(text2);
  return Number.isNaN(date.getTime()) || iso(date) !== text2 ? null : text2;
}

export const typed = (text) => text.split("-").reverse().join("/");
