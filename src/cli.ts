// The check comes first, before any code that an old Node could not even load.
import "./cli/node-version.ts";

void import("./cli/main.ts").then(({ main }) => main(process.argv.slice(2)));
