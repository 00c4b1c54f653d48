// Reads [{name, source, lean}] and prints the names of those that do not mean the same:
// esbuild prints both anew, without any layout or comment.
import { transformSync } from "../../static/vendor/node_modules/esbuild/lib/main.js";

let told = "";
for await (const part of process.stdin) told += part;

const anew = (/** @type {string} */ code, /** @type {string} */ name) =>
  transformSync(code, { loader: name.endsWith(".css") ? "css" : "js", minifyWhitespace: true, legalComments: "none" }).code;

const wrong = JSON.parse(told).filter(({ name, source, lean }) => {
  try {
    return anew(source, name) !== anew(lean, name);
  } catch (error) {
    console.error(`${name}: ${error.message}`);
    return true;
  }
});
console.log(JSON.stringify(wrong.map(({ name }) => name)));
