import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { useCli } from "../../cli/support/bundle.ts";
import { busyboxBase, docker } from "../support/images.ts";
import { describeWithPodman, TestPodman } from "../support/podman.ts";

const dockerfile = (base: string) => `FROM localhost/${base}
ARG V
COPY --chmod=755 train.sh /opt/train.sh
RUN echo "built \${V}"
ENTRYPOINT ["/opt/train.sh"]
`;

describeWithPodman("check --build on Podman", () => {
  const cli = useCli();
  let podman: TestPodman;
  let base: string;
  let env: Record<string, string>;

  beforeAll(async () => {
    base = await busyboxBase();
    podman = await TestPodman.start();
    env = { DOCKER_HOST: `unix://${podman.socket}` };
    const loading = await podman.client.loadImage(await docker.getImage(base).get());
    loading.resume();
    await once(loading, "end");
  }, 120_000);

  afterAll(async () => {
    await podman?.stop();
  });

  test("builds, looks, runs, and takes the image away again", async () => {
    await cli.write("Dockerfile", dockerfile(base));
    await cli.write(
      "train.sh",
      "#!/bin/sh\ntrap 'echo 1 > /opt/ml/model/m; exit 0' TERM\necho go\nwhile :; do sleep 1 & wait $!; done\n",
    );
    const { code, stdout, stderr } = await cli.run(
      [
        "check",
        "--dockerfile",
        "Dockerfile",
        "--build",
        "--build-arg",
        "V=1",
        "--run",
        "--grace",
        "10",
        "--format",
        "json",
      ],
      { env },
    );
    expect(code, stdout + stderr).toBe(0);
    const report = JSON.parse(stdout);
    expect(report.problems).toEqual([]);
    expect(report.subjects.map(({ kind }: { kind: string }) => kind).sort()).toEqual([
      "dockerfile",
      "image",
      "run",
    ]);
    const images = await podman.client.listImages();
    expect(images.flatMap(({ RepoTags }) => RepoTags ?? [])).toEqual([`localhost/${base}`]);
  }, 120_000);

  test("a build that fails says so with the end of its output", async () => {
    await cli.write("Bad.Dockerfile", `FROM localhost/${base}\nRUN echo "some words" && false\n`);
    const { code, stdout } = await cli.run(["check", "--dockerfile", "Bad.Dockerfile", "--build"], { env });
    expect(code).toBe(2);
    expect(stdout).toContain("The image could not be built");
    expect(stdout).toContain("| some words");
  }, 60_000);
});
