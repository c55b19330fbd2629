import manifest from "../../package.json" with { type: "json" };

/** Name and version as reports give them. */
export const TOOL = { name: "trainlint", version: manifest.version } as const;

/** The project's page, once package.json names one: SARIF links to it. */
export const HOMEPAGE: string | null = (manifest as { readonly homepage?: string }).homepage ?? null;
