import { absolutePath } from "../../paths.ts";
import type { SourceText } from "../../text.ts";
import { execForm } from "../exec-form.ts";
import type { BuildContext, Effect, Problem, ShellCommand, Stage, Step } from "../model.ts";
import { type ShellResult, shellCommands } from "../shell/walk.ts";
import { expandWord } from "../variables.ts";
import { splitWords } from "../words.ts";
import { copyEffects, stepLookup } from "./copy.ts";
import { insideMount, mountTargets } from "./mounts.ts";
import { commandEffects } from "./run.ts";

/** A lineage to work through. `stepsOf` gives another stage's steps, for what is copied from it. */
export interface EffectInputs {
  readonly path: string;
  readonly escapeChar: string;
  readonly steps: readonly Step[];
  readonly stages: readonly Stage[];
  readonly stepsOf: (stage: number) => readonly Step[];
  readonly context: BuildContext | null;
}

export interface BuildEffects {
  readonly effects: readonly Effect[];
  readonly commands: readonly ShellCommand[];
  readonly problems: readonly Problem[];
}

/** What the build does to the file system of a lineage, in build order. */
export function effectsOf(inputs: EffectInputs): BuildEffects {
  const effects: Effect[] = [];
  const commands: ShellCommand[] = [];
  const problems: Problem[] = [];
  for (const step of inputs.steps) {
    switch (step.instruction.keyword) {
      case "COPY":
      case "ADD":
        effects.push(...copyEffects(step, inputs));
        break;
      case "RUN": {
        const result = runCommands(step);
        commands.push(...result.commands);
        problems.push(...result.problems);
        const mounts = mountTargets(step);
        const made = result.commands.flatMap((command) => commandEffects(command));
        effects.push(...made.filter((effect) => !insideMount(effect, mounts)));
        break;
      }
      case "VOLUME":
      case "WORKDIR":
        effects.push(...folderEffects(step, inputs.escapeChar));
        break;
    }
  }
  return { effects, commands, problems };
}

const POSIX_SHELL = /(?:^|\/)(?:ba|da|a|z|k)?sh$/;

/** The commands of a RUN: shell form, exec form, or a here-document that is the script. */
function runCommands(step: Step): ShellResult {
  const { instruction, stage, workingDir } = step;
  const lookup = stepLookup(step);
  const start = {
    instruction,
    stage,
    workingDir,
    lookup: (name: string): string | null => {
      const value = lookup(name);
      if (value === null) return "";
      return value.known ? value.value : null;
    },
  };
  const form = execForm(instruction.arguments);
  if (form.form === "exec") {
    const argv = form.elements.map((value, index) => ({
      value,
      raw: value,
      range: form.ranges[index] ?? instruction.range,
    }));
    if (argv.length === 0) return { commands: [], problems: [] };
    if (POSIX_SHELL.test(form.elements[0] ?? "") && form.elements[1]?.endsWith("c") === true) {
      const body = elementSource(instruction.arguments, form.elements[2] ?? "");
      if (body !== null) return shellCommands(body, start);
    }
    return {
      commands: [
        {
          instruction,
          stage,
          range: instruction.range,
          argv,
          assignments: [],
          redirects: [],
          workingDir,
          conditional: false,
        },
      ],
      problems: [],
    };
  }
  if (step.shell !== null && !POSIX_SHELL.test(step.shell[0] ?? "")) return { commands: [], problems: [] };
  return shellCommands(shellSource(step), start);
}

/** An element whose text stands unescaped in the file, with its positions. */
function elementSource(source: SourceText, element: string): SourceText | null {
  const at = source.text.indexOf(JSON.stringify(element));
  if (at === -1 || element.includes('"') || element.includes("\\")) return null;
  const pieces = [{ offset: 0, position: { line: 1, column: 1 } }];
  const from = at + 1;
  const shifted = source.pieces.map((piece) => ({ offset: piece.offset - from, position: piece.position }));
  const before = shifted.filter((piece) => piece.offset <= 0).at(-1);
  if (before === undefined) return { text: element, pieces };
  const first = { line: before.position.line, column: before.position.column - before.offset };
  return {
    text: element,
    pieces: [{ offset: 0, position: first }, ...shifted.filter((piece) => piece.offset > 0)],
  };
}

/**
 * What the shell gets: the line; or, where the whole line is one `<<EOF`, the here-document's body. Other
 * here-documents follow the line, as the builder passes them on.
 */
function shellSource(step: Step): SourceText {
  const { arguments: line, heredocs } = step.instruction;
  const first = heredocs[0];
  if (first === undefined) return line;
  if (/^\d*<<-?\S+$/.test(line.text)) {
    const shebang = /^#!\s*(\S+)(?:[ \t]+(\S+))?/.exec(first.content.text);
    const interpreter = shebang?.[1]?.endsWith("/env") === true ? shebang[2] : shebang?.[1];
    const isShell = interpreter === undefined || POSIX_SHELL.test(interpreter);
    return isShell ? first.content : { text: "", pieces: first.content.pieces };
  }
  const parts = [line, ...heredocs.map((heredoc) => heredoc.content)];
  let text = "";
  const pieces: SourceText["pieces"][number][] = [];
  parts.forEach((part, index) => {
    for (const piece of part.pieces)
      pieces.push({ offset: piece.offset + text.length, position: piece.position });
    text += part.text;
    if (index === 0) text += "\n";
    else text += `${heredocs[index - 1]?.name ?? ""}\n`;
  });
  return { text, pieces };
}

function folderEffects(step: Step, escapeChar: string): Effect[] {
  const { instruction, stage } = step;
  const kind = instruction.keyword === "VOLUME" ? "volume" : "workdir";
  const form = kind === "volume" ? execForm(instruction.arguments) : null;
  const words =
    form?.form === "exec"
      ? form.elements
      : kind === "workdir"
        ? [instruction.arguments.text]
        : splitWords(instruction.arguments.text, escapeChar).map((word) => word.text);
  return words.flatMap((word): Effect[] => {
    const value = expandWord(word, stepLookup(step), escapeChar);
    if (!value.known || value.value === "") return [];
    if (!value.value.startsWith("/") && !step.workingDir.known) return [];
    const path = absolutePath(step.workingDir.known ? step.workingDir.value : "/", value.value);
    return [{ kind, instruction, stage, range: instruction.range, conditional: false, path }];
  });
}
