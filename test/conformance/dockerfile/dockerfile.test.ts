import { expect, it } from "vitest";
import { showDockerfile } from "../../../src/app/show/dockerfile.ts";
import { dockerfileModel } from "../../../src/core/dockerfile/dockerfile.ts";
import type { DockerfileModel, Setting } from "../../../src/core/dockerfile/model.ts";
import { UserError } from "../../../src/core/errors.ts";
import { describeWithEngine } from "../../engine/support/images.ts";
import { buildConfig, comparable, type Inspected } from "./build-config.ts";
import { generateDockerfile } from "./generate.ts";

/** How many Dockerfiles a run builds, and from which seed on; both can be set to find or repeat a case. */
const COUNT = Number(process.env.TRAINLINT_CONFORMANCE ?? 500);
const SEED = Number(process.env.TRAINLINT_SEED ?? 20_261_124);

const NO_REQUEST = { containerEntrypoint: null, containerArguments: null };

function known<T>(setting: Setting<T>): T {
  if (!setting.known) throw new Error(`not known: ${setting.why}`);
  return setting.value;
}

function predicted(model: DockerfileModel): Record<string, unknown> {
  const { config } = model;
  return {
    Entrypoint: known(config.entrypoint)?.argv ?? null,
    Cmd: known(config.cmd)?.argv ?? null,
    Env: [...config.env].map(([name, value]) => `${name}=${known(value)}`),
    WorkingDir: known(config.workingDir),
    User: known(config.user),
    Volumes: [...config.volumes.keys()].toSorted(),
    ExposedPorts: [...config.exposedPorts.keys()].toSorted(),
    Labels: Object.fromEntries([...config.labels].map(([name, value]) => [name, known(value)])),
    StopSignal: known(config.stopSignal),
    Shell: known(config.shell),
    Healthcheck: known(config.healthcheck),
    OnBuild: config.onbuild.length === 0 ? null : [...config.onbuild],
  };
}

describeWithEngine("what the model predicts is what BuildKit builds", () => {
  it(`for ${COUNT} generated Dockerfiles from seed ${SEED} on`, async () => {
    let compared = 0;
    for (let seed = SEED; seed < SEED + COUNT; seed += 1) {
      const dockerfile = generateDockerfile(seed);
      const actual = await buildConfig(dockerfile, `trainlint-test/conformance:${seed}`);
      if ("refused" in actual) continue;
      compared += 1;
      const label = `TRAINLINT_SEED=${seed} TRAINLINT_CONFORMANCE=1\n${dockerfile}`;
      try {
        const model = dockerfileModel(dockerfile, { path: "Dockerfile" });
        expect(predicted(model), label).toEqual(actual);
        const { config, unknown } = showDockerfile(model, NO_REQUEST);
        expect(unknown, label).toEqual([]);
        const { OnBuild } = actual;
        expect({ ...comparable(config as unknown as Inspected), OnBuild }, label).toEqual(actual);
      } catch (error) {
        if (error instanceof UserError)
          throw new Error(`refused what BuildKit builds: ${error.message}\n${label}`);
        throw error;
      }
    }
    expect(compared, "most generated files must be ones that the builder takes").toBeGreaterThan(COUNT / 2);
  }, 1_200_000);
});
