// The check comes first, before any code that an old Node could not even load.
import "./cli/node-version.ts";

/** Behind the program's URL: this is not the program itself but a thread that helps it to lint many files. */
const HELPER = "?helper";

if (import.meta.url.endsWith(HELPER))
  void import("./app/lint-helper.ts").then(({ helpLinting }) => helpLinting());
else void import("./cli/main.ts").then(({ main }) => main(process.argv.slice(2), import.meta.url + HELPER));
