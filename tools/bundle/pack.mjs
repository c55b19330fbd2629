import { deflateSync } from "node:zlib";
import { transform } from "esbuild";

/** The syntax of the chunks; the first one to run, which checks the version, is older. */
export const SUPPORTED_NODE = "node20";

/** The oldest Node that can load an ES module at all must still get as far as the version check. */
const OLDEST_NODE = "node12.20";

/** What linting a Dockerfile loads, by entry point; with all that these import. */
const HOT = ["src/cli.ts", "src/cli/main.ts", "src/app.ts", "src/app/lint.ts", "src/report/text.ts"];

/** Characters from which on a chunk that linting does not load is deflated. */
const DEFLATED_FROM = 16_384;

/**
 * Packs the chunks of an esbuild result (ESM with `splitting`, metafile) into one ESM file. Each chunk is a
 * string there, compiled when it is first needed: V8 passes over a string many times faster than over code, so
 * that linting a Dockerfile does not pay for the engine's client or the help that lie in the same file.
 */
export async function pack({ outputFiles, metafile }) {
  const outputs = Object.entries(metafile.outputs).map(([path, output]) => [baseName(path), output]);
  const entry = outputs.find(([, { entryPoint }]) => entryPoint === HOT[0])[0];
  const hot = hotChunks(new Map(outputs));
  const chunks = await Promise.all(
    outputFiles.map(async ({ path, text }) => {
      const name = baseName(path);
      const code = await commonJs(text, name === entry ? OLDEST_NODE : SUPPORTED_NODE);
      return `${JSON.stringify(name)}: ${hot.has(name) ? JSON.stringify(code) : written(code)}`;
    }),
  );
  return `${LOADER}
const chunks = {
${chunks.sort().join(",\n")}
};
load(${JSON.stringify(entry)});
`;
}

function hotChunks(outputs) {
  const hot = new Set();
  const add = (name) => {
    if (hot.has(name) || !outputs.has(name)) return;
    hot.add(name);
    for (const { path, kind } of outputs.get(name).imports)
      if (kind === "import-statement") add(baseName(path));
  };
  for (const [name, { entryPoint }] of outputs) if (HOT.includes(entryPoint)) add(name);
  return hot;
}

function written(code) {
  if (code.length < DEFLATED_FROM) return JSON.stringify(code);
  return `{ deflated: "${deflateSync(code, { level: 9 }).toString("base64")}" }`;
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

function baseName(path) {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** In the syntax of the oldest Node, too. */
const LOADER = `#!/usr/bin/env node
import { createRequire } from "module";
import { compileFunction } from "vm";

const nodeRequire = createRequire(import.meta.url);
const filename = nodeRequire("url").fileURLToPath(import.meta.url);
const dirname = nodeRequire("path").dirname(filename);
const loaded = new Map();

function load(name) {
  if (!(name in chunks)) return nodeRequire(name);
  let module = loaded.get(name);
  if (module !== undefined) return module.exports;
  module = { exports: {} };
  // Before it runs: two chunks may need each other.
  loaded.set(name, module);
  const parameters = ["exports", "module", "require", "__filename", "__dirname", "__importMetaUrl"];
  const run = compileFunction(codeOf(name), parameters, { filename: import.meta.url + "/" + name });
  run(module.exports, module, load, filename, dirname, import.meta.url);
  return module.exports;
}

function codeOf(name) {
  const chunk = chunks[name];
  if (typeof chunk === "string") return chunk;
  return nodeRequire("zlib").inflateSync(Buffer.from(chunk.deflated, "base64")).toString("utf8");
}
`;
