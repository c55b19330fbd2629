/**
 * Makes the library: `dist/index.mjs` with its parts in `dist/library/`, and the types in `dist/index.d.ts` and
 * `dist/types/`. Parts are loaded when they are needed: linting a Dockerfile loads no engine's client.
 */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { declarations } from "./bundle/declarations.mjs";
import { leftOut } from "./bundle/left-out.mjs";
import { SUPPORTED_NODE } from "./bundle/pack.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = resolve(process.argv[2] ?? join(root, "dist"));

for (const folder of ["library", "types"]) await rm(join(dist, folder), { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: { index: "src/library.ts" },
  outdir: dist,
  outExtension: { ".js": ".mjs" },
  chunkNames: "library/[name]-[hash]",
  bundle: true,
  splitting: true,
  platform: "node",
  format: "esm",
  target: SUPPORTED_NODE,
  mainFields: ["module", "main"],
  external: ["cpu-features", "*.node"],
  // CommonJS packages ask for Node's modules, and for their folder.
  banner: {
    js: [
      'import { createRequire as __createRequire } from "node:module";',
      "const require = __createRequire(import.meta.url);",
      'const __filename = require("node:url").fileURLToPath(import.meta.url);',
      'const __dirname = require("node:path").dirname(__filename);',
    ].join("\n"),
  },
  minifyWhitespace: true,
  legalComments: "none",
  logLevel: "warning",
  plugins: [leftOut()],
});
const count = await declarations(root, "src/library.ts", join(dist, "types"));
await writeFile(join(dist, "index.d.ts"), 'export * from "./types/library.js";\n');
const entry = await readFile(join(dist, "index.mjs"), "utf8");
console.log(`${join(dist, "index.mjs")}: ${Math.round(entry.length / 1024)} KiB, ${count} files with types`);
