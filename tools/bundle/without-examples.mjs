import { readFile } from "node:fs/promises";

const RULE = /[\\/]src[\\/]rules[\\/][^\\/]+[\\/][^\\/]+\.ts$/;

/** As the formatter writes them in the file of a rule. */
const EXAMPLES = /^ {2}examples: \[(?:.*\]|$[\s\S]*?^ {2}\]),$/m;

/**
 * esbuild plugin: the examples of rules are left out. Only tools and tests read them, and they are a third of what
 * linting a Dockerfile would load.
 */
export function withoutExamples() {
  return {
    name: "without-examples",
    setup(build) {
      build.onLoad({ filter: RULE }, async ({ path }) => {
        const text = await readFile(path, "utf8");
        if (!EXAMPLES.test(text))
          throw new Error(`${path} has no examples in the place where they are looked for`);
        return { contents: text.replace(EXAMPLES, "  examples: [],"), loader: "ts" };
      });
    },
  };
}
