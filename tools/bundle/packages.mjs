import { readdir, readFile } from "node:fs/promises";

/**
 * The packages that `inputs` (paths of bundled files) come from, by folder. `licenseText` is `null` where a
 * package ships no file with it.
 */
export async function bundledPackages(root, inputs) {
  const folders = [...new Set(inputs.map(packageFolder).filter((folder) => folder !== null))].sort();
  return await Promise.all(
    folders.map(async (folder) => {
      const manifest = JSON.parse(await readFile(`${root}${folder}/package.json`, "utf8"));
      const { name, version } = manifest;
      // Old packages have a list of objects.
      const license = manifest.license ?? manifest.licenses?.[0]?.type;
      const file = (await readdir(`${root}${folder}`)).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
      const licenseText =
        file === undefined ? null : (await readFile(`${root}${folder}/${file}`, "utf8")).trim();
      return { name, version, license, licenseText };
    }),
  );
}

/** `node_modules/a/node_modules/@b/c/x.js` → `node_modules/a/node_modules/@b/c`. */
function packageFolder(input) {
  const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
  return match === null ? null : match[1];
}
