import manifest from "../../package.json" with { type: "json" };

/** Name and version as reports give them. */
export const TOOL = { name: "trainlint", version: manifest.version } as const;

/** The project's page: SARIF links to it. */
export const HOMEPAGE: string = manifest.homepage;

/** Where the pages of the rules are, as of this version: unpkg.com serves what a published package holds. */
export const RULE_PAGES = `https://unpkg.com/${manifest.name}@${manifest.version}/docs/rules/`;
