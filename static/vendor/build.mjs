// Builds what the pages borrow: ui.js, the fonts, the icon sprite and LICENCES.
// Run after `npm ci`; the output is committed, so a server needs neither node nor npm.
import { build } from "esbuild";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import subsetFont from "subset-font";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "node_modules");
const read = (/** @type {string} */ path) => readFileSync(join(modules, path), "utf8");

/** Icons of the sprite, named as Lucide names them. */
const ICONS = [
  "arrow-left", "bell", "briefcase", "calendar", "check", "chevron-right", "circle-alert",
  "circle-check", "circle-dot", "clock", "copy", "door-open", "ellipsis", "hand", "headphones",
  "info", "languages", "link", "log-out", "map-pin", "maximize", "megaphone", "message-square",
  "mic", "mic-off", "monitor", "moon", "pause", "phone", "phone-off", "play", "plus", "printer",
  "refresh-cw", "search", "settings", "signal-high", "signal-low", "signal-medium", "sun",
  "switch-camera", "timer", "triangle-alert", "user", "users", "video", "video-off", "volume-2",
  "wifi-off", "x",
];

/** Packages whose work is inside the committed files. */
const BORROWED = ["preact", "@preact/signals", "@preact/signals-core", "htm",
  "@fontsource/be-vietnam-pro", "lucide-static"];

await build({
  entryPoints: [join(here, "ui.entry.mjs")],
  outfile: join(here, "ui.js"),
  bundle: true,
  minify: true,
  format: "esm",
  target: "chrome80",
  legalComments: "none",
  banner: { js: "/* Preact, hooks, signals, htm: see LICENCES. Built by build.mjs. */" },
});

mkdirSync(join(here, "fonts"), { recursive: true });
for (const subset of ["latin", "vietnamese"]) {
  for (const weight of [400, 700]) {
    const name = `be-vietnam-pro-${subset}-${weight}-normal.woff2`;
    const font = readFileSync(join(modules, "@fontsource/be-vietnam-pro/files", name));
    // Without the hints for coarse screens, which are half of each file; no phone heeds them.
    const light = await subsetFont(font, undefined,
      { targetFormat: "woff2", keepAllGlyphs: true, noHinting: true });
    writeFileSync(join(here, "fonts", name), light);
  }
}

const symbols = ICONS.map((name) => {
  const body = read(`lucide-static/icons/${name}.svg`)
    .replace(/<!--.*?-->/gs, "")
    .replace(/^[\s\S]*?<svg[^>]*>/, "")
    .replace("</svg>", "")
    .replace(/\s*\n\s*/g, "")
    .trim();
  return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" ` +
    `stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${body}</symbol>`;
});
writeFileSync(join(here, "../shared/icons.svg"),
  `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`);

const licences = BORROWED.map((name) => {
  const { version, license } = JSON.parse(read(`${name}/package.json`));
  return `${name} ${version} (${license})\n\n${read(`${name}/LICENSE`).trim()}\n`;
});
writeFileSync(join(here, "LICENCES"), licences.join(`\n${"-".repeat(72)}\n\n`));
