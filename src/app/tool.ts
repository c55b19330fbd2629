import manifest from "../../package.json" with { type: "json" };

/** Name and version as reports give them. */
export const TOOL = { name: "trainlint", version: manifest.version } as const;
