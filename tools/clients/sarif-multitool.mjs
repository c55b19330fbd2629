import { npmClient } from "./npm-client.mjs";

/** Microsoft's validator of SARIF files, with GitHub's demands as rules. 105 MB of .NET. */
export const sarifMultitool = npmClient({
  title: "SARIF Multitool",
  name: "@microsoft/sarif-multitool-linux",
  version: "5.7.0",
  program: "@microsoft/sarif-multitool-linux/Sarif.Multitool",
});
