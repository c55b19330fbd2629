import { goClient } from "./go.mjs";

/** Reads the reports of linters (rdjson, Checkstyle, SARIF) and comments on changes. */
export const reviewdog = goClient({
  title: "reviewdog",
  program: "reviewdog",
  module: "github.com/reviewdog/reviewdog/cmd/reviewdog",
  version: "v0.21.0",
});
