import { createHash } from "node:crypto";

/**
 * The bundle's bill of materials in CycloneDX 1.5: the bundle with its SHA-256, and the packages in it. It has
 * neither a date nor a serial number, so that the same sources give the same bytes.
 */
export function sbom({ name, version, license }, contents, packages) {
  const document = {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    version: 1,
    metadata: {
      component: {
        type: "application",
        "bom-ref": `pkg:npm/${name}@${version}`,
        name,
        version,
        licenses: licensesOf(license),
        purl: `pkg:npm/${name}@${version}`,
        hashes: [{ alg: "SHA-256", content: createHash("sha256").update(contents).digest("hex") }],
      },
    },
    components: distinct(packages).map((component) => {
      const purl = purlOf(component);
      return {
        type: "library",
        "bom-ref": purl,
        name: component.name,
        version: component.version,
        licenses: licensesOf(component.license),
        purl,
      };
    }),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Two copies of one version, in two folders, are one component. */
function distinct(packages) {
  return [...new Map(packages.map((component) => [purlOf(component), component])).values()];
}

/** A scope's `@` is written as %40, as the purl specification has it. */
function purlOf({ name, version }) {
  return `pkg:npm/${name.replace("@", "%40")}@${version}`;
}

/** An SPDX expression such as `MIT OR Apache-2.0` is no SPDX identifier. */
function licensesOf(license) {
  if (license === undefined) return [];
  return /[ ()]/.test(license) ? [{ expression: license }] : [{ license: { id: license } }];
}
