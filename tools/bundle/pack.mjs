import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { deflateSync } from "node:zlib";
import { build, transform } from "esbuild";

/** The syntax of the chunks; the first one to run, which checks the version, is older. */
export const SUPPORTED_NODE = "node20";

/** The oldest Node that can load an ES module at all must still get as far as the version check. */
const OLDEST_NODE = "node12.20";

const ENTRY = "src/cli.ts";
const LINT = "src/app/lint.ts";

/** What linting a Dockerfile loads, by entry point; with all that these import. */
const HOT = ["src/cli/main.ts", "src/app.ts", LINT, "src/report/text.ts"];

/**
 * Packs the chunks of an esbuild result (ESM with `splitting`, metafile) into one ESM file: the loader with the
 * entry, and behind it a function with one comment in it, the payload. V8 passes over a comment many times faster than
 * over code, and linting a Dockerfile does not pay for the engine's client or the help that lie in the same file.
 *
 * The payload is the script of the hot chunks, then each of the others, deflated. It is one line: whoever converts
 * the ends of lines does not change it.
 */
export async function pack({ outputFiles, metafile }) {
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [baseName(path), output]));
  const chunkOf = (source) => [...outputs].find(([, { entryPoint }]) => entryPoint === source)[0];
  const texts = new Map(outputFiles.map(({ path, text }) => [baseName(path), text]));
  const entry = await commonJs(texts.get(chunkOf(ENTRY)), OLDEST_NODE);
  texts.delete(chunkOf(ENTRY));

  const hotNames = hotChunks(outputs);
  const hot = [];
  const cold = [];
  for (const [name, text] of [...texts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const code = await commonJs(text, SUPPORTED_NODE);
    if (hotNames.has(name)) hot.push([name, withPlainExports(code)]);
    else cold.push([name, code]);
  }
  const script = onOneLine(hotScript(hot));
  let payload = script;
  const places = {};
  for (const [name, code] of cold) {
    const start = payload.length;
    payload += deflateSync(code, { level: 9 }).toString("base64");
    places[name] = [start, payload.length];
  }
  const digest = createHash("sha256").update(payload).digest("hex").slice(0, 16);
  const facts = {
    digest,
    hotLength: script.length,
    cold: places,
    worthKeeping: chunkOf(LINT),
  };
  return `${await loader(entry, facts)}function holder() {//${payload}\n}\n`;
}

function hotChunks(outputs) {
  const hot = new Set();
  const add = (name, way) => {
    if (way.includes(name)) throw new Error(`Hot chunks need each other: ${way.join(" > ")} > ${name}`);
    if (hot.has(name) || !outputs.has(name)) return;
    for (const { path, kind } of outputs.get(name).imports)
      if (kind === "import-statement") add(baseName(path), [...way, name]);
    hot.add(name);
  };
  for (const [name, { entryPoint }] of outputs) if (HOT.includes(entryPoint)) add(name, []);
  return hot;
}

/** One expression: an object of functions. Parentheses tell V8 that they will be called, which saves a second look. */
function hotScript(chunks) {
  const functions = chunks.map(
    ([name, code]) => `${JSON.stringify(name)}:(function(${PARAMETERS}){${code}})`,
  );
  return `({${functions.join(",\n")}})`;
}

const GETTERS = /__export\(stdin_exports,\{([^{}]*)\}\);module\.exports=__toCommonJS\(stdin_exports\);/;

/**
 * esbuild gives each export a getter behind a getter, for chunks that need each other and see values that come later.
 * Hot chunks don't, and every call from one to another would go through both: they hand out the values themselves.
 */
function withPlainExports(code) {
  const match = GETTERS.exec(code);
  if (match === null) throw new Error("esbuild writes exports in another way than this code expects.");
  const values = match[1].replaceAll("()=>", "");
  return `${code.replace(match[0], "")}module.exports={__esModule:true,${values}};`;
}

const PARAMETERS = "exports,module,require,__filename,__dirname,__importMetaUrl";

/**
 * As a line comment can hold it; the loader turns U+001E into line feeds again. ASCII only, one byte a character, which
 * esbuild sees to, save in regular expressions and templates with a tag.
 */
function onOneLine(code) {
  const unfit = /[\x1e\r]|[^\x00-\x7f]/.exec(code);
  if (unfit !== null) {
    const around = JSON.stringify(code.slice(unfit.index - 30, unfit.index + 30));
    throw new Error(`The bundle takes ASCII; write this character with \\u or \\x in the source: ${around}`);
  }
  return code.replaceAll("\n", "\x1e");
}

async function commonJs(code, target) {
  const { code: converted } = await transform(code, {
    format: "cjs",
    platform: "node",
    target,
    supported: { "dynamic-import": false },
    define: { "import.meta.url": "__importMetaUrl" },
    // Names stay, for stacks that can be read.
    minifyWhitespace: true,
    legalComments: "none",
    // One byte a character, in the file and in memory; only templates with a tag stay as they are.
    charset: "ascii",
  });
  return converted.replaceAll(/\brequire\("\.\/([^"]+\.js)"\)/g, 'require("$1")');
}

/** The part of the file that is code: `loader/`, called with the entry chunk and these facts. */
async function loader(entry, facts) {
  const contents = `import { run } from "./loader.mjs";
run(function (exports, module, require, __importMetaUrl) {${entry}}, import.meta.url, holder, ${JSON.stringify(facts)});`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL("loader", import.meta.url)) },
    write: false,
    bundle: true,
    platform: "node",
    format: "esm",
    target: OLDEST_NODE,
    banner: { js: "#!/usr/bin/env node" },
    legalComments: "none",
    charset: "ascii",
  });
  return outputFiles[0].text;
}

function baseName(path) {
  return path.slice(path.lastIndexOf("/") + 1);
}
