import { dockerfileModel } from "../../src/core/dockerfile/dockerfile.ts";
import type { BuildContext } from "../../src/core/dockerfile/model.ts";
import { parseJob } from "../../src/core/job/parse.ts";
import type { RuleExample, Subjects } from "../../src/core/rule.ts";

/** The models that a rule's example is judged as. */
export function subjectsOf(example: RuleExample): Partial<Subjects> {
  const context = example.files === undefined ? null : contextOf(example.files);
  const platform = example.buildPlatform === undefined ? {} : { platform: example.buildPlatform };
  return {
    ...(example.dockerfile === undefined
      ? {}
      : { dockerfile: dockerfileModel(example.dockerfile, { path: "Dockerfile", context, ...platform }) }),
    ...(example.image === undefined ? {} : { image: example.image }),
    ...(example.run === undefined ? {} : { run: example.run }),
    ...(example.job === undefined ? {} : { job: parseJob(example.job, { path: jobName(example.job) }) }),
  };
}

function contextOf(files: NonNullable<RuleExample["files"]>): BuildContext {
  const paths = Object.keys(files);
  return {
    file: (path) => {
      const file = files[path];
      if (file === undefined) return null;
      return typeof file === "string" ? { text: file, mode: 0o644 } : file;
    },
    list: (path) => {
      const below = paths.filter((file) => file === path || path === "" || file.startsWith(`${path}/`));
      return below.length === 0 ? null : below;
    },
  };
}

/** A request is JSON, or YAML, or a command in a shell script: the file's name tells. */
function jobName(text: string): string {
  return text.trimStart().startsWith("{") ? "job.json" : /\baws\b/.test(text) ? "job.sh" : "job.yaml";
}
