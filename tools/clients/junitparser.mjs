import { pythonClient } from "./python.mjs";

/** A reader of JUnit reports, with a check for failures. */
export const junitparser = pythonClient({
  title: "junitparser",
  name: "junitparser",
  version: "5.0.3",
  program: "junitparser",
});
