// Parses an AsyncAPI document with the initiative's own parser and prints what is wrong as JSON.
// Usage: node check.mjs FOLDER-WITH-NODE_MODULES DOCUMENT
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const [folder, file] = process.argv.slice(2);
const { Parser } = createRequire(join(resolve(folder), "package.json"))("@asyncapi/parser");
const { document, diagnostics } = await new Parser().parse(await readFile(file, "utf8"));
const ERROR_OR_WARNING = 1;
const wrong = diagnostics
  .filter((found) => found.severity <= ERROR_OR_WARNING)
  .map((found) => `${found.path.join(".")}: ${found.message}`);
console.log(JSON.stringify(wrong, null, 2));
process.exitCode = document ? 0 : 1;
