import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";
import { deflateSync } from "node:zlib";
import { build, transform } from "esbuild";

/** The syntax of the chunks; the first one to run, which checks the version, is older. */
export const SUPPORTED_NODE = "node20";

/** The oldest Node that can load an ES module at all must still get as far as the version check. */
const OLDEST_NODE = "node12.20";

const ENTRY = "src/cli.ts";

/**
 * What the commands load that shall start fast, by entry point of esbuild's chunks; with all that these import. The
 * last entry of each tells that a run has seen enough of the code for keeping what it has compiled.
 */
const HOT = {
  lint: ["src/cli/main.ts", "src/app.ts", "src/report/text.ts", "src/app/lint.ts"],
  image: [
    "src/app/images.ts",
    "src/edges/images.ts",
    "src/edges/archive/unpack.ts",
    "src/edges/archive/unzip-thread.ts",
    "src/edges/archive/image.ts",
  ],
};

/** What linting loads besides where there are many files; compiled when it is called, and then kept too. */
const HOT_WITH_MANY_FILES = ["src/app/lint-shared.ts", "src/app/lint-helper.ts"];

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

  const hot = withImports(outputs, [...Object.values(HOT).flat(), ...HOT_WITH_MANY_FILES].map(chunkOf));
  const always = withImports(outputs, HOT.lint.map(chunkOf));
  const script = onOneLine(await hotScript([...hot].sort(), always, texts));
  let payload = script;
  const cold = {};
  for (const name of [...texts.keys()].filter((name) => !hot.has(name)).sort()) {
    const code = await commonJs(texts.get(name), SUPPORTED_NODE);
    const start = payload.length;
    payload += deflateSync(code, { level: 9 }).toString("base64");
    cold[name] = [start, payload.length];
  }
  const digest = createHash("sha256").update(script).digest("hex").slice(0, 16);
  const uses = Object.entries(HOT).map(([command, entries]) => [command, chunkOf(entries.at(-1))]);
  const facts = { digest, hotLength: script.length, cold, uses: Object.fromEntries(uses) };
  return `${await loader(entry, facts)}function holder() {//${payload}\n}\n`;
}

/** The chunks of these entries and all that they import. */
function withImports(outputs, entries) {
  const found = new Set();
  const add = (name, way) => {
    if (way.includes(name)) throw new Error(`Hot chunks need each other: ${way.join(" > ")} > ${name}`);
    if (found.has(name) || !outputs.has(name)) return;
    for (const { path, kind } of outputs.get(name).imports)
      if (kind === "import-statement") add(baseName(path), [...way, name]);
    found.add(name);
  };
  for (const name of entries) add(name, []);
  return found;
}

/** One expression: an object of functions. Parentheses tell V8 that they will be called, which saves a second look. */
async function hotScript(names, always, texts) {
  const functions = [];
  for (const name of names) {
    const code = withPlainExports(await commonJs(texts.get(name), SUPPORTED_NODE));
    const plain = withPlainBuiltins(code);
    const chunk = `function(${PARAMETERS}){${plain}}`;
    functions.push(`${JSON.stringify(name)}:${always.has(name) ? `(${chunk})` : chunk}`);
  }
  return `({${functions.join(",")}})`;
}

/** By which Node, when ESM imports such a file, finds the names of the exports. */
const NAMES_FOR_IMPORT = /0&&\(module\.exports=\{[^{}]*\}\);\n$/;

const GETTERS = /__export\(stdin_exports,\{([^{}]*)\}\);module\.exports=__toCommonJS\(stdin_exports\);/;

/**
 * esbuild gives each export a getter behind a getter, for chunks that need each other and see values that come later.
 * Hot chunks don't, and every call from one to another would go through both: they hand out the values themselves.
 */
function withPlainExports(code) {
  const match = GETTERS.exec(code);
  if (match === null) throw new Error("esbuild writes exports in another way than this code expects.");
  const values = match[1].replaceAll("()=>", "");
  return `${code.replace(match[0], "").replace(NAMES_FOR_IMPORT, "")}module.exports={__esModule:true,${values}};`;
}

/** How a chunk gets what it imports from `node:fs` or `node:fs/promises`. */
const COPY =
  /var (import_(?:node_\w+|promises\d*))=\(0,\w+\.__toESM\)\(((?:\(0,\w+\.require_\w+\)|require_\w+)\(\)),1\)/g;

/**
 * esbuild copies a builtin that is imported into an object with a getter for each of its exports: a hundred of them for
 * `node:fs`, in every chunk that imports it. Nobody needs that who imports names only.
 */
function withPlainBuiltins(code) {
  return code.replaceAll(COPY, (_, name, builtin) => {
    if (code.includes(`${name}.default`)) throw new Error(`Import the builtin's names, not ${name}.default.`);
    return `var ${name}=${builtin}`;
  });
}

const PARAMETERS = "exports,module,require,__filename,__dirname,__importMetaUrl";

/**
 * As a line comment can hold it. All line feeds that esbuild leaves are in templates, where an escape means the same.
 * ASCII only, one byte a character, which esbuild sees to, save in regular expressions and templates with a tag.
 */
function onOneLine(code) {
  const unfit = /[\r]|[^\x00-\x7f]/.exec(code);
  if (unfit !== null) {
    const around = JSON.stringify(code.slice(unfit.index - 30, unfit.index + 30));
    throw new Error(`The bundle takes ASCII; write this character with \\u or \\x in the source: ${around}`);
  }
  const line = code.replaceAll("\n", "\\n");
  // Anywhere else an escape can't be read.
  new Script(line);
  return line;
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
