import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ruleCatalog } from "../../src/core/config/catalog.ts";
import { parseConfigFile } from "../../src/core/config/parse.ts";
import { dockerfileModel } from "../../src/core/dockerfile/dockerfile.ts";
import { runRules, type SubjectSet } from "../../src/core/engine.ts";
import { FORMAT_NAMES } from "../../src/core/formats.ts";
import { composeImage } from "../../src/core/image/compose.ts";
import { parseJob } from "../../src/core/job/parse.ts";
import type { Json } from "../../src/core/json.ts";
import { parseTranscript } from "../../src/core/run/parse-transcript.ts";
import { readImage } from "../../src/edges/images.ts";
import { render } from "../../src/report/formats.ts";
import { rules } from "../../src/rules/index.ts";
import { REPORTED_RULES } from "../support/reported-rules.ts";
import { report } from "../unit/report/sample.ts";
import { IMAGE_JSON, imageOf, SAVED_KINDS, type SavedKind, savedImage } from "./archives.ts";
import { mutateBytes, mutateText } from "./mutate.ts";
import { mutateJson } from "./mutate-json.ts";
import type { Random } from "./random.ts";
import { readByPlan, registryPlan } from "./registry.ts";

/** Something that reads input from outside. `run` throws nothing but a UserError, whatever it gets. */
export interface Target {
  readonly name: string;
  /** Makes one input; the same random stream makes the same one. */
  readonly input: (random: Random) => string | Buffer;
  /** `seed` chooses the report that is written; with 0 it is every one. */
  readonly run: (input: string | Buffer, seed: number) => Promise<void>;
}

const examples = rules.flatMap((rule) => rule.examples);
const dockerfiles = [
  ...examples.flatMap(({ dockerfile }) => dockerfile ?? []),
  readFileSync(new URL("../../examples/faulty/Dockerfile", import.meta.url), "utf8"),
  readFileSync(new URL("../../examples/good/Dockerfile", import.meta.url), "utf8"),
];
const jobs = examples.flatMap(({ job }) => job ?? []);
const jsonJobs = jobs.filter((job) => /^\s*\{/.test(job));
const cliJobs = jobs.filter((job) => /\baws\b/.test(job));
const yamlJobs = [
  ...jobs.filter((job) => !jsonJobs.includes(job) && !cliJobs.includes(job)),
  // JSON is YAML as well.
  ...jsonJobs,
];
const transcripts = examples.flatMap(({ run }) => (run === undefined ? [] : [JSON.stringify(run)]));

const scripts = [
  ...examples.flatMap(({ files }) =>
    Object.values(files ?? {}).map((file) => (typeof file === "string" ? file : file.text)),
  ),
  "trap 'kill -TERM $p' TERM\npython x.py &\np=$!\nwait $p\nwait $p\n",
  'case "$1" in tr*) exec a ;; *) b | tee c ;; esac\n',
];

/** The words that Dockerfiles, shell lines, requests and configurations are made of. */
const DOCKER_WORDS =
  'FROM RUN COPY ADD ENTRYPOINT CMD ENV ARG WORKDIR USER VOLUME ONBUILD SHELL HEALTHCHECK STOPSIGNAL LABEL EXPOSE AS scratch --from=0 --mount=type=cache,target=/x --chmod=755 --platform=$BUILDPLATFORM <<EOF EOF <<-\'X\' # escape=` # syntax=docker/dockerfile:1 ["a", "b"] ${x:-y} ${x:+y} ${x#a*} ${x/a/b} $HOME apt-get install -y && || ; | if then else fi for do done case esac while until function () { } ( ) \\ exec trap tini -- train /opt/ml/code nvidia-driver-535 cd $(echo x) `echo x` 2>&1 <<< cat > /x'.split(
    " ",
  );
const SHELL_WORDS =
  '#!/bin/sh #!/usr/bin/env \\r\\n \uFEFF exec trap wait kill $! & && || ; | ( ) { } if then elif else fi case in esac ;; for while until do done [ ] [[ ]] = == != =~ -z -n -o ! "$1" "$@" $# ${1:-x} shift set -- source . eval bash -c sh tini -- python -u tee > >(tee x) <<EOF EOF function f() * ? \\ \' "'.split(
    " ",
  );
const JOB_WORDS =
  'TrainingJobName RoleArn AlgorithmSpecification TrainingImage ContainerEntrypoint ContainerArguments InputDataConfig ChannelName S3Uri null true 1e999 -0 "" [] {} // /* */ --cli-input-json file://x --algorithm-specification Key=Value,Other=[a,b] aws sagemaker create-training-job &anchor *anchor << !!binary | > - ? : ---'.split(
    " ",
  );
const CONFIG_WORDS =
  "rules: fail-on: role: target: build-args: exclude: baseline: TL101: off error {} [] null &a *a << ? | > - --- ... !!str".split(
    " ",
  );
const CONFIGS = [
  "rules:\n  TL101: warning\n  no-data-in-opt-ml:\n    level: info\nfail-on: warning\nexclude: [a, 'b/**']\n",
  'role: serving\nbuild-args: {A: "1"}\ninline-config: false\nrequire-reason: true\nbaseline: b.json\n',
];

/** Runs every rule over the subjects, and a report; a rule that breaks counts as a throw. */
async function judge(subjects: SubjectSet, texts: ReadonlyMap<string, string>, seed: number): Promise<void> {
  const { findings, skipped, crashes } = runRules(rules, subjects);
  if (crashes[0] !== undefined) throw crashes[0].error;
  const made = report(findings, {
    subjects: [],
    skipped,
    texts,
    runs: subjects.run === undefined ? [] : [subjects.run],
  });
  const options = { color: 0, width: 80, quiet: false, category: null, nextStep: null } as const;
  // All of them for each input took three quarters of the time.
  const formats =
    seed === 0 ? FORMAT_NAMES : FORMAT_NAMES.filter((_, at) => at === seed % FORMAT_NAMES.length);
  for (const format of formats) await render(format, made, REPORTED_RULES, options);
}

function textTarget(
  name: string,
  seeds: readonly string[],
  words: readonly string[],
  run: (text: string, seed: number) => Promise<void>,
): Target {
  return {
    name,
    input: (random) => mutateText(random.pick(seeds), random, seeds, words),
    run: async (input, seed) => await run(String(input), seed),
  };
}

const imageNeeds = rules.flatMap((rule) => rule.needs ?? []);

const archives = new Map<SavedKind, Buffer>();
for (const kind of SAVED_KINDS) archives.set(kind, await savedImage(kind));

function jsonTarget(
  name: string,
  seeds: readonly string[],
  run: (text: string, seed: number) => Promise<void>,
): Target {
  const values = seeds.flatMap((text) => {
    try {
      return [JSON.parse(text) as Json];
    } catch {
      // Some examples show what is wrong with their JSON.
      return [];
    }
  });
  return {
    name,
    input: (random) => JSON.stringify(mutateJson(random.pick(values), random)),
    run: async (input, seed) => await run(String(input), seed),
  };
}

async function judgeJob(text: string, path: string, seed: number): Promise<void> {
  await judge({ job: parseJob(text, { path }) }, new Map([[path, text]]), seed);
}

function jobTarget(path: string, seeds: readonly string[]): Target {
  return textTarget(path, seeds, JOB_WORDS, async (text, seed) => await judgeJob(text, path, seed));
}

async function judgeImage(
  source: SavedKind["source"],
  archive: string | Buffer,
  seed: number,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "trainlint-fuzz-"));
  try {
    const file = join(folder, "image.tar");
    writeFileSync(file, archive);
    await judge({ image: await readImage(`${source}:${file}`, imageNeeds) }, new Map(), seed);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function archiveTarget(kind: SavedKind): Target {
  return {
    name: kind.name,
    input: (random) => mutateBytes(archives.get(kind) ?? Buffer.alloc(0), random),
    run: async (input, seed) => await judgeImage(kind.source, input, seed),
  };
}

export const TARGETS: readonly Target[] = [
  textTarget("dockerfile", dockerfiles, DOCKER_WORDS, async (text, seed) => {
    const path = "Dockerfile";
    await judge({ dockerfile: dockerfileModel(text, { path }) }, new Map([[path, text]]), seed);
  }),
  textTarget("entrypoint-script", scripts, SHELL_WORDS, async (text, seed) => {
    const dockerfile = dockerfileModel('FROM debian:12\nCOPY x /x\nENTRYPOINT ["/x", "a"]\n', {
      path: "Dockerfile",
      context: { file: () => ({ text, mode: 0o755 }), list: () => ["x"] },
    });
    const image = composeImage({
      config: { Entrypoint: ["/bin/bash", "/x"], User: "1" },
      files: { "/x": text },
    });
    await judge({ dockerfile, image }, new Map(), seed);
  }),
  jobTarget("job.json", jsonJobs),
  jobTarget("job.yaml", yamlJobs),
  jobTarget("job.sh", cliJobs),
  jsonTarget("job.members", jsonJobs, async (text, seed) => judgeJob(text, "job.json", seed)),
  textTarget("configuration", CONFIGS, CONFIG_WORDS, async (text) => {
    parseConfigFile(text, ".trainlint.yaml", ruleCatalog(rules));
  }),
  textTarget(
    "transcript",
    transcripts,
    ['"', "null", "-1", "1e400", "[]", "{}", "\\u0000"],
    async (text, seed) => {
      await judge({ run: parseTranscript(text, "transcript.json") }, new Map(), seed);
    },
  ),
  jsonTarget("transcript.members", transcripts, async (text, seed) => {
    await judge({ run: parseTranscript(text, "transcript.json") }, new Map(), seed);
  }),
  ...SAVED_KINDS.map(archiveTarget),
  {
    name: "registry",
    input: registryPlan,
    run: async (input, seed) => {
      const image = await readByPlan(String(input), imageNeeds);
      if (image !== null) await judge({ image }, new Map(), seed);
    },
  },
  {
    name: "image.members",
    input: (random) => JSON.stringify(mutateJson(random.pick(IMAGE_JSON), random)),
    run: async (input, seed) =>
      await judgeImage("oci-archive", await imageOf(JSON.parse(String(input))), seed),
  },
];
