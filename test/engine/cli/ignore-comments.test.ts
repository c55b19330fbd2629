import { afterAll, beforeAll, expect, test } from "vitest";
import { useCli } from "../../cli/support/bundle.ts";
import { buildImage, busyboxBase, describeWithEngine, removeImage } from "../support/images.ts";

const TAG = "trainlint-test/ignore-comments:latest";

const dockerfile = (base: string) => `FROM ${base}
ENV PYTHONUNBUFFERED=1
# trainlint ignore=TL201 -- baked on purpose
COPY data /opt/ml/input/data/x
# trainlint ignore=TL101 -- started by hand
ENTRYPOINT python train.py
`;

describeWithEngine("ignore comments of a Dockerfile and the image built from it", () => {
  const cli = useCli();
  const env = { ...(process.env.DOCKER_HOST === undefined ? {} : { DOCKER_HOST: process.env.DOCKER_HOST }) };

  beforeAll(async () => {
    const text = dockerfile(await busyboxBase());
    await cli.write("Dockerfile", text);
    await cli.write("moved/Dockerfile", text.replace("# trainlint ignore=TL201", "# see"));
    await buildImage({ dockerfile: text, files: { data: "x" }, tag: TAG });
  });

  afterAll(() => removeImage(TAG));

  /** `place rule` of the findings that are left. */
  async function left(...args: string[]): Promise<string[]> {
    const { stdout } = await cli.run(["check", "--image", TAG, "--format", "json", ...args], { env });
    const { findings } = JSON.parse(stdout) as {
      findings: { ruleId: string; location: { kind: string } }[];
    };
    return findings.map(({ ruleId, location }) => `${location.kind} ${ruleId}`).sort();
  }

  test("silence the image's findings too, each for what its instruction made", async () => {
    expect(await left("--dockerfile", "Dockerfile")).toEqual([]);
    expect(await left("--dockerfile", "moved/Dockerfile")).toEqual(["image-file TL201", "text TL201"]);
    expect(await left("--dockerfile", "Dockerfile", "--no-inline-config")).toHaveLength(4);
    expect(await left()).toEqual(["image-config TL101", "image-file TL201"]);
  });
});
