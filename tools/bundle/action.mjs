import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** Writes the GitHub Action's program to the URL `outFile`. It loads the bundle beside it when it runs. */
export async function buildAction(root, outFile) {
  await build({
    absWorkingDir: root,
    entryPoints: ["src/action.ts"],
    outfile: fileURLToPath(outFile),
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    legalComments: "none",
    logLevel: "warning",
  });
}
