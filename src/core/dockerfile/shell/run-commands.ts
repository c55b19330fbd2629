import type { Piece, SourceText } from "../../text.ts";
import { execForm } from "../exec-form.ts";
import type { Heredoc, Step } from "../model.ts";
import type { Lookup } from "../variables.ts";
import { shebangOf } from "./shebang.ts";
import { concat, slice } from "./source.ts";
import type { ShellLookup } from "./state.ts";
import { type ShellResult, shellCommands } from "./walk.ts";

const POSIX_SHELL = /(?:^|\/)(?:ba|da|a|z|k|mk)?sh$|\.sh$/;
const OTHER_SHELL =
  /(?:^|[\\/])(?:powershell|pwsh|cmd|python[\d.]*|node|perl|ruby|fish|nu|xonsh|tcsh|csh|Rscript|php)(?:\.exe)?$/i;

const NOTHING: ShellResult = { commands: [], problems: [] };

/** The commands of a RUN: shell form, exec form, or a here-document that is the script. */
export function runCommands(step: Step, variables: Lookup): ShellResult {
  const { instruction, stage, workingDir } = step;
  const start = { instruction, stage, workingDir, lookup: shellLookup(step, variables) };
  const form = execForm(instruction.arguments);
  if (form.form === "exec") {
    const elements = elementSources(instruction.arguments);
    if (POSIX_SHELL.test(form.elements[0] ?? "")) {
      const flag = form.elements.findIndex((element, index) => index > 0 && /^-[a-z]*c$/.test(element));
      const body = flag === -1 ? undefined : elements[flag + 1];
      if (body !== undefined) return shellCommands(body, start);
    }
    const argv = form.elements.map((value, index) => ({
      value,
      raw: elements[index]?.text ?? value,
      range: form.ranges[index] ?? instruction.range,
    }));
    if (argv.length === 0) return NOTHING;
    const range = instruction.range;
    const command = {
      instruction,
      stage,
      range,
      argv,
      assignments: [],
      redirects: [],
      workingDir,
      conditional: false,
    };
    return { commands: [command], problems: [] };
  }
  if (!isPosix(step.shell)) return NOTHING;
  const source = shellSource(instruction.arguments, instruction.heredocs);
  return source === null ? NOTHING : shellCommands(source, start);
}

/** `SHELL ["conda", "run", "-n", "env", "/bin/bash", "-c"]` ends in a POSIX shell as well. */
function isPosix(shell: readonly string[] | null): boolean {
  return (
    shell === null ||
    shell.some((word) => POSIX_SHELL.test(word)) ||
    !shell.some((word) => OTHER_SHELL.test(word))
  );
}

/** The builder's variables as the shell finds them in its environment. */
function shellLookup(step: Step, variables: Lookup): ShellLookup {
  const root = step.user.known && /^(?:|0|root)(?::.*)?$/.test(step.user.value);
  return (name) => {
    if (name === "HOME" && root && !step.env.has(name) && !step.args.has(name)) return "/root";
    const value = variables(name);
    if (value === null) return undefined;
    return value.known ? value.value : null;
  };
}

/** The text of every element of a valid exec form, escapes decoded, with its way back to the file. */
function elementSources(source: SourceText): SourceText[] {
  return stringsIn(source.text).map(([from, to]) => {
    const parts: SourceText[] = [];
    for (const token of source.text.slice(from, to).matchAll(/\\(?:u[0-9a-fA-F]{4}|[\s\S])|[^\\]+/g)) {
      const at = from + token.index;
      const part = slice(source, at, at + token[0].length);
      if (!token[0].startsWith("\\")) parts.push(part);
      else parts.push({ text: JSON.parse(`"${token[0]}"`) as string, pieces: part.pieces.slice(0, 1) });
    }
    return concat(parts);
  });
}

/** Where the strings of a valid JSON array of strings stand, without their quotes. */
function stringsIn(json: string): [start: number, end: number][] {
  const strings: [number, number][] = [];
  let start: number | null = null;
  for (let at = 0; at < json.length; at += 1) {
    const char = json.charAt(at);
    if (char === "\\") at += 1;
    else if (char === '"' && start === null) start = at + 1;
    else if (char === '"' && start !== null) {
      strings.push([start, at]);
      start = null;
    }
  }
  return strings;
}

/**
 * What the shell gets: the line; or, where the whole line is one `<<EOF`, the here-document's body. Other
 * here-documents follow the line, as the builder passes them on. `null` when another interpreter reads it.
 */
function shellSource(line: SourceText, heredocs: readonly Heredoc[]): SourceText | null {
  const first = heredocs[0];
  if (first === undefined) return line;
  if (heredocs.length === 1 && /^\d*<<-?\S+$/.test(line.text)) {
    const shebang = shebangOf(first.content);
    return shebang === null || POSIX_SHELL.test(shebang.program) ? first.content : null;
  }
  if (!heredocs.every((heredoc) => /^[\w.-]+$/.test(heredoc.name))) return line;
  const parts = [line, standingAt("\n", first)];
  for (const heredoc of heredocs) parts.push(heredoc.content, standingAt(`${heredoc.name}\n`, heredoc));
  return concat(parts);
}

/** What the builder's text has but no line of the parts: told as standing where the here-document is opened. */
function standingAt(text: string, { range }: Heredoc): SourceText {
  const pieces: Piece[] = [];
  for (let offset = 0; offset < text.length; offset += 1) pieces.push({ offset, position: range.start });
  return { text, pieces };
}
