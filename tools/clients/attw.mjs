import { npmClient } from "./npm-client.mjs";

/** "Are the types wrong": how TypeScript and Node resolve the package in each of their modes. */
export const attw = npmClient({
  title: "attw",
  name: "@arethetypeswrong/cli",
  version: "0.18.5",
  program: "@arethetypeswrong/cli/dist/index.js",
});
