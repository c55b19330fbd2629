import { randomUUID } from "node:crypto";

/**
 * Outputs of a step as the runner reads them from the file `$GITHUB_OUTPUT`. The delimiter is random, so that no
 * value can end its own block and begin another output.
 */
export function outputLines(outputs: { readonly [name: string]: string }): string {
  return Object.entries(outputs)
    .map(([name, value]) => {
      const delimiter = `end-${randomUUID()}`;
      return `${name}<<${delimiter}\n${value}\n${delimiter}\n`;
    })
    .join("");
}
