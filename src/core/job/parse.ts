import { UserError } from "../errors.ts";
import type { Range } from "../text.ts";
import { assemble } from "./assemble.ts";
import { readCommand } from "./command.ts";
import { wholeFile } from "./job-text.ts";
import { readJson } from "./json.ts";
import type { JobFormat, JobModel, JobNote } from "./model.ts";
import { MAX_LENGTH, type ObjectNode } from "./node.ts";
import type { Places } from "./places.ts";
import { createTrainingJobCommands } from "./script-commands.ts";
import { requestShape } from "./shapes.ts";
import type { JobSource } from "./source.ts";
import { readYaml } from "./yaml.ts";

/**
 * Reads a CreateTrainingJob request: JSON, YAML, or the first `aws sagemaker create-training-job` command in a
 * shell script. Throws `UserError` with the place when the text can't be understood.
 */
export function parseJob(text: string, source: JobSource): JobModel {
  return parseJobs(text, source)[0];
}

/** The same with every such command of a script, in its order. */
export function parseJobs(text: string, source: JobSource): readonly [JobModel, ...JobModel[]] {
  const { path } = source;
  if (text.length > MAX_LENGTH) {
    throw new UserError(`This is no training-job request: it is larger than ${MAX_LENGTH} characters.`, {
      help: "Give the file that holds the CreateTrainingJob request.",
      place: { path },
    });
  }
  // Of the same length, so that every place stays where it is.
  const plain = text.startsWith("\uFEFF") ? ` ${text.slice(1)}` : text;
  const format = formatOf(path, plain);
  return format === "cli" ? jobsOfScript(plain, text, source) : [jobOfFile(plain, text, format, path)];
}

function jobOfFile(plain: string, text: string, format: "json" | "yaml", path: string): JobModel {
  const input = wholeFile(format === "json" ? text : plain, path);
  const result = format === "json" ? readJson(input) : readYaml(input);
  if ("problem" in result) throw unreadable(format, result, input.places, path);
  const { node } = result;
  if (node.kind !== "object") {
    throw new UserError("The request must be an object with members such as TrainingJobName.", {
      help: "Give the input of CreateTrainingJob, as `aws sagemaker create-training-job --cli-input-json` takes it.",
      place: { path, ...node.range.start },
    });
  }
  refuseOther(node, path);
  return assemble({ path, text, files: new Map(), format }, node, result.notes);
}

/** A file of which no member belongs to a request is something else. */
function refuseOther(node: ObjectNode, path: string): void {
  const names = node.members.map(({ name }) => name);
  const known = new Set(Object.keys(requestShape().members ?? {}).map((name) => name.toLowerCase()));
  if (names.length === 0 || names.some((name) => known.has(name.toLowerCase()))) return;
  const shown = names.slice(0, 4).join(", ");
  throw new UserError(`This is no CreateTrainingJob request: it has none of its members, but ${shown}.`, {
    help: "Give the input of CreateTrainingJob itself, with members such as TrainingJobName and AlgorithmSpecification.",
    place: { path, ...node.range.start },
  });
}

function jobsOfScript(plain: string, text: string, source: JobSource): readonly [JobModel, ...JobModel[]] {
  const { path } = source;
  const jobs = createTrainingJobCommands(plain).map((create) => {
    const files = new Map<string, string>();
    const read = (name: string) => {
      const found = source.readFile?.(name) ?? null;
      if (found === null || found.text.length > MAX_LENGTH) return null;
      files.set(found.path, found.text);
      return wholeFile(found.text, found.path);
    };
    const { node, notes } = readCommand(create, path, { read });
    const written = [...carriageReturns(text, path, create.command.range), ...notes];
    return assemble({ path, text, files, format: "cli" }, node, written);
  });
  const [first, ...rest] = jobs;
  if (first !== undefined) {
    const notes = rest.map(
      (job): JobNote => ({ kind: "more-commands", subject: "", range: job.rangeOf("") }),
    );
    return [{ ...first, notes: [...first.notes, ...notes] }, ...rest];
  }
  throw new UserError("The script has no `aws sagemaker create-training-job` command.", {
    help: "Give the script that creates the training job, or the request as JSON or YAML.",
    place: { path },
  });
}

/** The first line of a command whose backslash stands in front of a carriage return, and so continues nothing. */
function carriageReturns(text: string, path: string, { start, end }: Range): JobNote[] {
  const lines = text.split("\n").slice(start.line - 1, end.line - 1);
  const index = lines.findIndex((line) => line.endsWith("\\\r"));
  const column = (lines[index]?.length ?? 0) - 1;
  if (index === -1) return [];
  const at = { line: start.line + index, column };
  const range = { path, start: at, end: { ...at, column: column + 1 } };
  return [{ kind: "carriage-return", subject: "", range }];
}

/** The ending decides; where it says nothing, the text does. */
function formatOf(path: string, text: string): JobFormat {
  if (/\.ya?ml$/i.test(path)) return "yaml";
  if (/\.(?:sh|bash|zsh|ksh)$/i.test(path)) return "cli";
  const start = text.trimStart();
  if (/^(?:{|\[|\/[/*])/.test(start)) return "json";
  if (/^#!/.test(start) || hasCommand(text.slice(0, 100_000))) return "cli";
  return /\.jsonc?$/i.test(path) ? "json" : "yaml";
}

/** Whether `sagemaker ... create-training-job` stands somewhere with no comment in between. */
function hasCommand(text: string): boolean {
  let service = false;
  for (const [word] of text.matchAll(/\bsagemaker\b|\bcreate-training-job\b|#/g)) {
    if (service && word === "create-training-job") return true;
    service = word === "sagemaker" || (service && word !== "#");
  }
  return false;
}

function unreadable(
  format: JobFormat,
  result: { readonly problem: string; readonly offset: number },
  places: Places,
  path: string,
): UserError {
  const name = format === "json" ? "JSON" : "YAML";
  return new UserError(`The request is not valid ${name}: ${result.problem}.`, {
    help: `Correct the ${name}; the AWS CLI refuses it too.`,
    place: { path, ...places.at(result.offset) },
  });
}
