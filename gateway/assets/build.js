// Builds the dashboard's and the hosted pages' assets into gateway/src/gateway/static/dist (committed).
// Called by `npm run build`; `--watch` rebuilds on change.
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { watch } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..");
const out = join(here, "..", "src", "gateway", "static", "dist");
const modules = join(root, "node_modules");

// One name per sign on the screen; the name on the left is ours, the one on the right Lucide's.
const ICONS = {
  "arrow-left": "arrow-left", "arrow-right": "arrow-right", bed: "bed-double", block: "ban", book: "book-open",
  calendar: "calendar-days", "calendar-sync": "calendar-sync", check: "check", "check-circle": "circle-check",
  chart: "chart-column", clock: "clock", code: "code", copy: "copy", "chevron-down": "chevron-down", down: "download",
  edit: "pencil", error: "circle-x", euro: "euro", eye: "eye", file: "file-text", globe: "globe", help: "circle-help",
  history: "history", hourglass: "hourglass", house: "house", image: "image", info: "info", key: "key-round",
  link: "external-link", lock: "lock", logout: "log-out", mail: "mail", map: "map-pin", pin: "pin", menu: "menu", more: "ellipsis",
  notebook: "notebook-pen", offline: "wifi-off", open: "lock-open", pay: "hand-coins", phone: "phone", plus: "plus",
  print: "printer", refresh: "refresh-cw", search: "search", send: "send", star: "star", tag: "tag", trash: "trash-2",
  up: "upload", user: "user", users: "users", warn: "triangle-alert", x: "x", tax: "landmark",
};
const FONTS = {
  "atkinson-latin.woff2": "atkinson-hyperlegible-next/files/atkinson-hyperlegible-next-latin-wght-normal.woff2",
  "atkinson-latin-ext.woff2": "atkinson-hyperlegible-next/files/atkinson-hyperlegible-next-latin-ext-wght-normal.woff2",
  "bitter-latin.woff2": "bitter/files/bitter-latin-wght-normal.woff2",
};
// The planning shows at most this many days at once (four months and a day).
const MOST_DAYS = 124;

async function sprite() {
  const symbols = await Promise.all(Object.entries(ICONS).map(async ([name, lucide]) => {
    const svg = await readFile(join(modules, "lucide-static", "icons", `${lucide}.svg`), "utf8");
    const inner = svg.replace(/<!--[\s\S]*?-->/g, "").replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "");
    return `<symbol id="${name}" viewBox="0 0 24 24">${inner.replace(/\s+/g, " ").replace(/> </g, "><").trim()}</symbol>`;
  }));
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}

// A strict CSP forbids style attributes: every place on the planning's grid is a class.
function gridClasses() {
  const rules = [];
  for (let half = 1; half <= 2 * MOST_DAYS + 1; half += 1) {
    rules.push(`.s-${half}{grid-column-start:${half}}.e-${half}{grid-column-end:${half}}`);
  }
  for (let days = 1; days <= MOST_DAYS; days += 1) rules.push(`.n-${days}{--days:${days}}`);
  for (let off = 0; off < 7; off += 1) rules.push(`.o-${off}{--off:${off}}`);
  for (let lane = 1; lane <= 6; lane += 1) rules.push(`.l-${lane}{grid-row:${lane}}.lanes-${lane}{--lanes:${lane}}`);
  return `@layer planning{${rules.join("")}}`;
}

async function run() {
  await rm(out, { recursive: true, force: true });
  await mkdir(join(out, "fonts"), { recursive: true });
  const shared = { bundle: true, minify: true, legalComments: "none", target: ["es2022", "chrome111", "firefox113", "safari16.4"] };
  await Promise.all([
    build({ ...shared, entryPoints: [join(here, "js", "app.js")], outfile: join(out, "app.js"), format: "iife" }),
    build({ ...shared, entryPoints: [join(here, "css", "app.css")], outfile: join(out, "app.css"), external: ["*.woff2"] }),
    build({ ...shared, entryPoints: [join(here, "css", "guest.css")], outfile: join(out, "guest.css") }),
    build({ ...shared, entryPoints: [join(here, "css", "dev.css")], outfile: join(out, "dev.css") }),
    copyFile(join(modules, "htmx.org", "dist", "htmx.min.js"), join(out, "htmx.js")),
    sprite().then((text) => writeFile(join(out, "icons.svg"), text)),
    copyFile(join(here, "fonts", "figures.woff2"), join(out, "fonts", "figures.woff2")),
    ...Object.entries(FONTS).map(([name, from]) =>
      copyFile(join(modules, "@fontsource-variable", from), join(out, "fonts", name))),
  ]);
  const css = await readFile(join(out, "app.css"), "utf8");
  await writeFile(join(out, "app.css"), css.trimEnd() + gridClasses() + "\n");
}

await run();
if (process.argv.includes("--watch")) {
  let timer;
  watch(here, { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(() => run().catch((error) => console.error(error.message)), 100);
  });
}
