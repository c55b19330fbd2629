/** The arrows of the architecture: cli → app → {edges, report, rules} → core, never back. */
module.exports = {
  forbidden: [
    {
      name: "core-stands-alone",
      comment: "core imports only core; the libraries named here are pure parsers",
      severity: "error",
      from: { path: "(^|/)src/core/" },
      to: { pathNot: ["(^|/)src/core/", "(^|node_modules/)(unbash|yaml|jsonc-parser)(/|$)"] },
    },
    {
      name: "rules-know-only-core",
      severity: "error",
      from: { path: "(^|/)src/rules/", pathNot: "(^|/)src/rules/(index|for-dockerfiles)\\.ts$" },
      to: { pathNot: "(^|/)src/core/" },
    },
    {
      name: "report-knows-only-core",
      severity: "error",
      from: { path: "(^|/)src/report/" },
      to: { pathNot: ["(^|/)src/(core|report)/", "node_modules/(chalk|string-width|diff)/"] },
    },
    {
      name: "edges-know-no-rule-and-no-report",
      severity: "error",
      from: { path: "(^|/)src/edges/" },
      to: { path: "(^|/)src/(rules|report|app|cli)" },
    },
    {
      name: "app-does-not-know-the-command-line",
      severity: "error",
      from: { path: "(^|/)src/app" },
      to: { path: "(^|/)src/cli" },
    },
    {
      name: "library-and-action-go-through-app",
      severity: "error",
      from: { path: "(^|/)src/(library|action)(/|\\.ts$)" },
      to: { path: "(^|/)src/(edges|rules|cli)/" },
    },
    {
      name: "cli-goes-through-app",
      severity: "error",
      from: { path: "(^|/)src/cli" },
      to: { path: "(^|/)src/(edges|rules|report)/" },
    },
    {
      name: "dockerode-only-in-the-engine-and-only-dynamically",
      severity: "error",
      from: { path: "(^|/)src/" },
      to: { path: "node_modules/dockerode/", dynamic: false },
    },
    {
      name: "dockerode-only-in-the-engine",
      severity: "error",
      from: { path: "(^|/)src/", pathNot: "(^|/)src/edges/engine/" },
      to: { path: "node_modules/dockerode/" },
    },
    {
      name: "unbash-only-in-the-shell",
      severity: "error",
      from: { path: "(^|/)src/", pathNot: "(^|/)src/core/dockerfile/shell/" },
      to: { path: "(^|node_modules/)unbash(/|$)" },
    },
    {
      name: "no-circles",
      severity: "error",
      from: { path: "(^|/)src/" },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    // Types count as imports too: an arrow is an arrow.
    tsPreCompilationDeps: true,
    // TypeScript 7 is newer than what dependency-cruiser can use: without swc it reads no module at all.
    parser: "swc",
    enhancedResolveOptions: {
      extensions: [".ts", ".js", ".mjs"],
      conditionNames: ["import", "node", "default"],
    },
  },
};
