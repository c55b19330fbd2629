import { type ScriptHead, scriptHead } from "../dockerfile/shell/shebang.ts";
import type { SourceText } from "../text.ts";

/** Why the kernel does not run a text file, as its first line alone tells. */
export type HeadProblem =
  | { readonly kind: "carriage-return"; readonly interpreter: string; readonly said: string }
  | { readonly kind: "byte-order-mark" | "blank-before" | "no-shebang" | "empty" }
  | { readonly kind: "env-arguments"; readonly argument: string };

/**
 * What is wrong with the first line of a text that is to be started. `direct`: by the engine itself. Programs that
 * start others with execvp(3), such as env and tini, hand what the kernel refuses to /bin/sh.
 */
export function headProblem(text: SourceText, direct: boolean): HeadProblem | null {
  const head = scriptHead(text);
  const { shebang } = head;
  if (head.byteOrderMark || head.blankBefore || shebang === null) {
    return direct ? notAScript(text, head) : null;
  }
  if (head.carriageReturn) {
    return { kind: "carriage-return", interpreter: shebang.interpreter, said: saidOfReturn(head) };
  }
  const argument = shebang.argument ?? "";
  if (!/(?:^|\/)env$/.test(shebang.interpreter) || !/[ \t]/.test(argument)) return null;
  return /^-\S*S|^--split-string/.test(argument) ? null : { kind: "env-arguments", argument };
}

function notAScript(text: SourceText, head: ScriptHead): HeadProblem {
  if (text.text === "") return { kind: "empty" };
  if (head.shebang === null) return { kind: "no-shebang" };
  return { kind: head.byteOrderMark ? "byte-order-mark" : "blank-before" };
}

/** What is printed for a first line that ends in a carriage return; measured with runc, bash and GNU env. */
function saidOfReturn({ shebang }: ScriptHead): string {
  if (shebang === null || shebang.argument === null) return "no such file or directory";
  if (/(?:^|\/)env$/.test(shebang.interpreter))
    return `env: '${shebang.program}\\r': No such file or directory`;
  return "invalid option";
}
