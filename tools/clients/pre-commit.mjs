import { pythonClient } from "./python.mjs";

/** The framework that runs trainlint's hooks before a commit. */
export const preCommit = {
  ...pythonClient({
    title: "pre-commit",
    name: "pre-commit",
    version: "4.7.0",
    program: "pre-commit",
  }),
  packages: ["git"],
};
