import { goClient } from "./go.mjs";

/** The linter of GitHub workflow files. */
export const actionlint = goClient({
  title: "actionlint",
  program: "actionlint",
  module: "github.com/rhysd/actionlint/cmd/actionlint",
  version: "v1.7.12",
});
