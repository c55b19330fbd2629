/**
 * Makes `dist/trainlint.mjs`: the whole program in one ESM file that `bin`, hooks and actions run. The same
 * sources give the same bytes. Beside it, `dist/THIRD-PARTY-NOTICES.txt` has the licences of what is in it, and
 * `dist/trainlint.cdx.json` the bill of materials; `dist/action.mjs` is the small program by which the GitHub Action
 * runs it.
 */
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { buildAction } from "./bundle/action.mjs";
import { lazyBuiltins } from "./bundle/lazy-builtins.mjs";
import { lazyFunctions } from "./bundle/lazy-functions.mjs";
import { leftOut } from "./bundle/left-out.mjs";
import { thirdPartyNotices } from "./bundle/notices.mjs";
import { pack, SUPPORTED_NODE } from "./bundle/pack.mjs";
import { bundledPackages } from "./bundle/packages.mjs";
import { sbom } from "./bundle/sbom.mjs";
import { withoutExamples } from "./bundle/without-examples.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const outFile = process.argv[2] ?? `${root}dist/trainlint.mjs`;

const result = await build({
  absWorkingDir: root,
  entryPoints: ["src/cli.ts"],
  outdir: "chunks",
  write: false,
  metafile: true,
  bundle: true,
  splitting: true,
  platform: "node",
  format: "esm",
  target: SUPPORTED_NODE,
  // jsonc-parser's `main` is a UMD file whose requires no bundler can follow.
  mainFields: ["module", "main"],
  // ssh2 uses its native parts where they are; without them it has its own in JavaScript.
  external: ["cpu-features", "*.node"],
  legalComments: "none",
  charset: "ascii",
  logLevel: "warning",
  plugins: [lazyBuiltins(), lazyFunctions(), leftOut(), withoutExamples()],
});

const contents = await pack(result);
await mkdir(new URL(".", `file://${outFile}`), { recursive: true });
await writeFile(outFile, contents);
await chmod(outFile, 0o755);
const packages = await bundledPackages(root, Object.keys(result.metafile.inputs));
await writeFile(beside("THIRD-PARTY-NOTICES.txt"), thirdPartyNotices(packages));
const manifest = JSON.parse(await readFile(`${root}package.json`, "utf8"));
await writeFile(beside("trainlint.cdx.json"), sbom(manifest, contents, packages));
await buildAction(root, beside("action.mjs"));
console.log(`${outFile}: ${Math.round(contents.length / 1024)} KiB`);

function beside(name) {
  return new URL(name, `file://${outFile}`);
}
