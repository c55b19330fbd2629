import { afterAll, beforeAll, expect, test } from "vitest";
import { useCli } from "../../cli/support/bundle.ts";
import { buildImage, describeWithEngine, removeImage } from "../support/images.ts";

const TAG = "trainlint-test/show:latest";

const DOCKERFILE = `FROM scratch
ARG NAME=opt
ENV HOME=/\${NAME} LR="0.1 per step"
WORKDIR /\${NAME}/program
USER 1000:100
VOLUME /data
EXPOSE 8080/udp
LABEL team=vision
STOPSIGNAL SIGINT
SHELL ["/bin/bash", "-c"]
HEALTHCHECK --interval=5s --retries=2 CMD ["/check"]
COPY train /opt/program/train
ENTRYPOINT ["/opt/program/train", "--fast"]
CMD ["--epochs", "3"]
`;

describeWithEngine("trainlint show of a Dockerfile and of the image built from it", () => {
  const cli = useCli();
  const env = { ...(process.env.DOCKER_HOST === undefined ? {} : { DOCKER_HOST: process.env.DOCKER_HOST }) };

  beforeAll(async () => {
    await cli.write("Dockerfile", DOCKERFILE);
    await buildImage({ dockerfile: DOCKERFILE, files: { train: "x" }, tag: TAG });
  });

  afterAll(() => removeImage(TAG));

  test("is the same, as JSON in the image configuration's names and as text", async () => {
    const [file, image] = await Promise.all(
      ["Dockerfile", TAG].map(async (subject) => {
        const { code, stdout } = await cli.run(["show", subject, "--format", "json"], { env });
        expect(code).toBe(0);
        return JSON.parse(stdout);
      }),
    );
    expect(file.config).toEqual(image.config);
    expect(file.launch).toEqual(image.launch);
    expect(file.launch.argv).toEqual(["/opt/program/train", "--fast", "train"]);
    expect([file.unknown, image.unknown]).toEqual([[], []]);
    const texts = await Promise.all(
      ["Dockerfile", TAG].map((subject) => cli.run(["show", subject], { env })),
    );
    expect(texts[0]?.stdout).toBe(texts[1]?.stdout);
    expect(texts[0]?.stdout).toContain(
      "SageMaker will run `/opt/program/train --fast train` as PID 1, as user 1000:100, in /opt/program.",
    );
  });

  test("as a request starts it", async () => {
    await cli.write(
      "job.json",
      JSON.stringify({ AlgorithmSpecification: { TrainingImage: TAG, ContainerArguments: ["--lr", "1"] } }),
    );
    for (const subject of ["Dockerfile", TAG]) {
      const { stdout } = await cli.run(["show", subject, "--job", "job.json"], { env });
      expect(stdout).toContain("SageMaker will run `/opt/program/train --fast --lr 1` as PID 1");
    }
  });
});
