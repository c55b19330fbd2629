import { npmClient } from "./npm-client.mjs";

/** Finds what nothing uses. Not in the lock file: a part of it has packages for platforms that mirrors lack. */
export const knip = npmClient({
  title: "knip",
  name: "knip",
  version: "6.44.2",
  program: "knip/bin/knip.js",
});
