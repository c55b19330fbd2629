import { UserError } from "../errors.ts";
import type { JobNote } from "./model.ts";
import type { JobNode } from "./node.ts";
import type { JobSource } from "./parse.ts";

/** Reads the first `aws sagemaker create-training-job` command of a shell script. */
export function readCommand(
  _text: string,
  source: JobSource,
): { node: Extract<JobNode, { kind: "object" }>; notes: readonly JobNote[] } {
  throw new UserError("Shell scripts can't be read as a training-job request yet.", {
    place: { path: source.path },
  });
}
