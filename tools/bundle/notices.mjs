import { readdir } from "node:fs/promises";

/** The licence texts of all packages that `inputs` (paths of bundled files) come from, by name. */
export async function thirdPartyNotices(root, inputs, read) {
  const folders = [...new Set(inputs.map(packageFolder).filter((folder) => folder !== null))].sort();
  const parts = [];
  for (const folder of folders) {
    const { name, version, license } = JSON.parse(await read(`${root}${folder}/package.json`));
    const file = (await readdir(`${root}${folder}`)).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
    const text = file === undefined ? `Licence: ${license}` : (await read(`${root}${folder}/${file}`)).trim();
    parts.push(`${name} ${version} (${license})\n\n${text}`);
  }
  const line = `\n\n${"-".repeat(80)}\n\n`;
  return `dist/trainlint.mjs contains these packages.${line}${parts.join(line)}\n`;
}

/** `node_modules/a/node_modules/@b/c/x.js` → `node_modules/a/node_modules/@b/c`. */
function packageFolder(input) {
  const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
  return match === null ? null : match[1];
}
