import { safeText } from "../app/safe-text.ts";
import type { InputPlace } from "../core/errors.ts";

/** An error that the user can do something about, in one or two lines. */
export function errorText(
  error: { readonly message: string; readonly help: string | undefined },
  place?: InputPlace,
): string {
  const where =
    place === undefined
      ? ""
      : `${[place.path, place.line, place.column].filter((part) => part !== undefined).join(":")}: `;
  const help = error.help === undefined ? "" : `  help: ${error.help}\n`;
  return safeText(`trainlint: ${where}${error.message}\n${help}`);
}

/** An error that is ours. The stack is for those who want to look. */
export function bugText(error: unknown, version: string, verbose: boolean): string {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const lines = [
    `trainlint: this is a bug in trainlint ${version}, not in your input: ${message}`,
    `  help: Please report it with the command and its input (Node ${process.version}, ${process.platform}).`,
  ];
  if (!verbose) lines.push("  help: `--verbose` or TRAINLINT_DEBUG=1 shows the stack.");
  else if (error instanceof Error) lines.push(error.stack ?? "");
  return safeText(`${lines.join("\n")}\n`);
}
