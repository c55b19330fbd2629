import { UserError } from "../errors.ts";
import { assemble } from "./assemble.ts";
import { readCommand } from "./command.ts";
import { readJson } from "./json.ts";
import type { JobFormat, JobModel } from "./model.ts";
import { MAX_LENGTH } from "./node.ts";
import { type Places, placesOfText } from "./places.ts";
import type { JobSource } from "./source.ts";
import { readYaml } from "./yaml.ts";

/**
 * Reads a CreateTrainingJob request: JSON, YAML, or an `aws sagemaker create-training-job` command in a shell
 * script. Throws `UserError` with the place when the text can't be understood.
 */
export function parseJob(text: string, source: JobSource): JobModel {
  const { path } = source;
  if (text.length > MAX_LENGTH) {
    throw new UserError(`This is no training-job request: it is larger than ${MAX_LENGTH} characters.`, {
      help: "Give the file that holds the CreateTrainingJob request.",
      place: { path },
    });
  }
  // A byte order mark would shift the columns of the first line by nothing a reader can see.
  const plain = text.startsWith("\uFEFF") ? ` ${text.slice(1)}` : text;
  const format = formatOf(path, plain);
  const places = placesOfText(plain);
  if (format === "cli") {
    const { node, notes } = readCommand(plain, source);
    return assemble({ path, text, format }, node, notes);
  }
  const result = format === "json" ? readJson(plain, places) : readYaml(plain, places);
  if ("problem" in result) throw unreadable(format, result, places, path);
  if (result.node.kind !== "object") {
    throw new UserError("The request must be an object with members such as TrainingJobName.", {
      help: "Give the input of CreateTrainingJob, as `aws sagemaker create-training-job --cli-input-json` takes it.",
      place: { path, ...result.node.range.start },
    });
  }
  return assemble({ path, text, format }, result.node, result.notes);
}

/** The ending decides; where it says nothing, the text does. */
function formatOf(path: string, text: string): JobFormat {
  if (/\.ya?ml$/i.test(path)) return "yaml";
  if (/\.(?:sh|bash|zsh|ksh)$/i.test(path)) return "cli";
  const start = text.trimStart();
  if (/^(?:[{[]|\/[/*])/.test(start)) return "json";
  if (/^#!/.test(start) || /\bsagemaker\b[^#]*?\bcreate-training-job\b/.test(text.slice(0, 100_000)))
    return "cli";
  return /\.jsonc?$/i.test(path) ? "json" : "yaml";
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
    place: { path, ...places(result.offset) },
  });
}
