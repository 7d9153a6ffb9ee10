// Builds the widget into gateway/src/gateway/static/widget/v1/sejour.js (committed): one file, no library.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
await build({
  entryPoints: [join(here, "src", "sejour.ts")],
  outfile: join(here, "..", "gateway", "src", "gateway", "static", "widget", "v1", "sejour.js"),
  bundle: true, minify: true, format: "iife", legalComments: "none", charset: "utf8",
  target: ["es2022", "chrome111", "firefox113", "safari16.4"],
});
