import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import reportSchema from "../../../schema/report.schema.json" with { type: "json" };
import { useCli } from "../../cli/support/bundle.ts";
import { buildImage, busyboxBase, describeWithEngine, docker, removeImage } from "../support/images.ts";

const GOOD = "trainlint-test/cli-good:latest";
const BAD = "trainlint-test/cli-bad:latest";

const HANDLER = `#!/bin/sh
trap 'echo saved > /opt/ml/model/model.txt; exit 0' TERM
echo training
while :; do sleep 1 & wait $!; done
`;

const GOOD_DOCKERFILE = (base: string) =>
  `FROM ${base}\nCOPY train.sh /program/train.sh\nENTRYPOINT ["/bin/sh", "/program/train.sh"]\n`;
const BAD_DOCKERFILE = (base: string) =>
  `FROM ${base}\nCOPY data /opt/ml/input/data/x\nENTRYPOINT while :; do sleep 1; done\n`;

describeWithEngine("the bundle on an engine", () => {
  const cli = useCli();
  const env = { ...(process.env.DOCKER_HOST === undefined ? {} : { DOCKER_HOST: process.env.DOCKER_HOST }) };

  beforeAll(async () => {
    const base = await busyboxBase();
    await cli.write("good/Dockerfile", GOOD_DOCKERFILE(base));
    await cli.write("good/train.sh", HANDLER);
    await cli.write("bad/Dockerfile", BAD_DOCKERFILE(base));
    await buildImage({ dockerfile: GOOD_DOCKERFILE(base), files: { "train.sh": HANDLER }, tag: GOOD });
    await buildImage({ dockerfile: BAD_DOCKERFILE(base), files: { data: "x" }, tag: BAD });
  });

  afterAll(async () => {
    await Promise.all([GOOD, BAD].map(removeImage));
  });

  test("a good image passes the whole gate, and a transcript is judged the same without an engine", async () => {
    const args = ["check", "--dockerfile", "good/Dockerfile", "--image", GOOD, "--run", "--grace", "20"];
    const { code, stdout, stderr } = await cli.run(
      [...args, "--transcript", "run.json", "--format", "json"],
      { env },
    );
    expect(code, stdout + stderr).toBe(0);
    const report = JSON.parse(stdout);
    const validate = new Ajv2020({ strict: false }).compile(reportSchema);
    expect(validate(report), JSON.stringify(validate.errors)).toBe(true);
    expect(report.subjects.map(({ kind }: { kind: string }) => kind)).toEqual(["dockerfile", "image", "run"]);
    expect(JSON.parse(await readFile(join(cli.work, "run.json"), "utf8")).stop.killed).toBe(false);
    const judged = await cli.run(["judge", "run.json"], { env: { DOCKER_HOST: "unix:///no.sock" } });
    expect(judged.code).toBe(0);
  });

  test("a bad one fails on all three, and SARIF points into the Dockerfile", async () => {
    const args = [
      "check",
      "--dockerfile",
      "bad/Dockerfile",
      "--image",
      BAD,
      "--run",
      "--grace",
      "1",
      "--run-for",
      "1",
    ];
    const formats = ["--format", "json", "--format", "sarif=out.sarif"];
    const { code, stdout } = await cli.run([...args, ...formats], { env });
    expect(code).toBe(1);
    const kinds = JSON.parse(stdout).findings.map(
      ({ ruleId, location }: { ruleId: string; location: { kind: string } }) => `${ruleId} ${location.kind}`,
    );
    for (const expected of [
      "TL101 text",
      "TL201 text",
      "TL101 image-config",
      "TL201 image-file",
      "TL502 run",
    ]) {
      expect(kinds).toContain(expected);
    }
    const [run] = JSON.parse(await readFile(join(cli.work, "out.sarif"), "utf8")).runs;
    for (const result of run.results) {
      expect(result.locations[0].physicalLocation.artifactLocation.uri).toBe("bad/Dockerfile");
    }
    const entrypoint = run.results.find(
      ({ ruleId, properties }: { ruleId: string; properties: { location: { kind: string } } }) =>
        ruleId === "TL101" && properties.location.kind === "image-config",
    );
    expect(entrypoint.locations[0].physicalLocation.region.startLine).toBe(3);
    expect(run.properties.smokeRuns[0].stop.killed).toBe(true);
  });

  test("image and run alone, and several images of which one is missing", async () => {
    expect((await cli.run(["image", GOOD], { env })).code).toBe(0);
    const { code, stdout } = await cli.run(["image", "trainlint-test/none", BAD], { env });
    expect(code).toBe(2);
    expect(stdout).toContain('has no image "trainlint-test/none"');
    expect(stdout).toContain("[TL101 exec-form-entrypoint]");
    expect((await cli.run(["run", BAD, "--grace", "1", "--run-for", "1"], { env })).code).toBe(1);
  });

  test("show tells the same for the Dockerfile and the image that it makes", async () => {
    const argv = async (subject: string) =>
      JSON.parse((await cli.run(["show", subject, "--format", "json"], { env })).stdout).launch.argv;
    expect(await argv("good/Dockerfile")).toEqual(["/bin/sh", "/program/train.sh", "train"]);
    expect(await argv(GOOD)).toEqual(["/bin/sh", "/program/train.sh", "train"]);
  });

  test("nothing is left on the engine", async () => {
    const containers = await docker.listContainers({ all: true });
    const ours = containers.filter(({ Image }) => Image === GOOD || Image === BAD);
    expect(ours).toEqual([]);
  });
});
