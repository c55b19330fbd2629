/**
 * Makes `dist/trainlint.mjs`: the whole program in one ESM file that `bin`, hooks and actions run. The same
 * sources give the same bytes. Beside it, `dist/THIRD-PARTY-NOTICES.txt` has the licences of what is in it.
 */
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { lazyBuiltins } from "./bundle/lazy-builtins.mjs";
import { leftOut } from "./bundle/left-out.mjs";
import { thirdPartyNotices } from "./bundle/notices.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const outFile = process.argv[2] ?? `${root}dist/trainlint.mjs`;

const result = await build({
  absWorkingDir: root,
  entryPoints: ["src/cli.ts"],
  outfile: outFile,
  write: false,
  metafile: true,
  bundle: true,
  platform: "node",
  format: "esm",
  // The oldest Node that can load an ES module at all must still get as far as the version check.
  target: "node12.20",
  supported: { bigint: true },
  // jsonc-parser's `main` is a UMD file whose requires no bundler can follow.
  mainFields: ["module", "main"],
  banner: {
    js: [
      "#!/usr/bin/env node",
      'import { createRequire as __createRequire } from "module";',
      "const require = __createRequire(import.meta.url);",
      // CommonJS packages (ssh2's poly1305) look for their folder.
      'const __filename = require("url").fileURLToPath(import.meta.url);',
      'const __dirname = require("path").dirname(__filename);',
    ].join("\n"),
  },
  // ssh2 uses its native parts where they are; without them it has its own in JavaScript.
  external: ["cpu-features", "*.node"],
  legalComments: "none",
  charset: "utf8",
  logLevel: "warning",
  plugins: [lazyBuiltins(), leftOut()],
});

const [output] = result.outputFiles;
await mkdir(new URL(".", `file://${outFile}`), { recursive: true });
await writeFile(outFile, output.contents);
await chmod(outFile, 0o755);
const notices = await thirdPartyNotices(root, Object.keys(result.metafile.inputs), (path) =>
  readFile(path, "utf8"),
);
await writeFile(new URL("THIRD-PARTY-NOTICES.txt", `file://${outFile}`), notices);
console.log(`${outFile}: ${Math.round(output.contents.length / 1024)} KiB`);
