import { describe, expect, test } from "vitest";
import { effectsOf, modelOf } from "./effects-in.ts";

const STAGE = `FROM ubuntu:22.04 AS build
RUN apt-get install -y nvidia-utils-535 && python3 -m venv /work/py && pip install sagemaker-training
COPY app.py /srv/app/app.py
COPY lib.so.1 lib.txt /usr/lib/x/
FROM ubuntu:22.04
`;

describe("what a copy from a stage brings along", () => {
  test.each([
    ["one folder", "COPY --from=build /srv/app /app", ["COPY /app/**", "COPY /app/app.py"]],
    ["one file", "COPY --from=build /srv/app/app.py /app/", ["COPY /app/app.py"]],
    ["a pattern", "COPY --from=build /usr/lib/x/*.so.* /lib/x/", ["COPY /lib/x/**", "COPY /lib/x/lib.so.1"]],
    ["folders by a pattern", "COPY --from=build /srv/* /x/", ["COPY /x/**", "COPY /x/app.py"]],
    ["nothing that is known", "COPY --from=build /etc/x.conf /etc/", ["COPY /etc/x.conf"]],
    [
      "the folder of an environment",
      "COPY --from=build /work/py /work/py",
      ["pip sagemaker-training", "COPY /work/py/**"],
    ],
    [
      "the system's libraries",
      "COPY --from=build /usr/lib /usr/lib",
      ["COPY /usr/lib/**", "COPY /usr/lib/x/lib.so.1", "COPY /usr/lib/x/lib.txt", "apt nvidia-utils-535"],
    ],
  ])("%s", (_, copy, effects) => {
    expect(effectsOf(`${STAGE}${copy}\n`).toSorted()).toEqual([...effects].toSorted());
  });

  test("everything, with the commands that made it, in the place that names it", () => {
    const model = modelOf(`${STAGE}COPY --from=build / /\n`);
    expect(model.carriedCommands?.map((command) => command.argv[0]?.value)).toEqual([
      "apt-get",
      "python3",
      "pip",
    ]);
    const install = model.effects.find((effect) => effect.kind === "install");
    expect(install).toMatchObject({ package: "nvidia-utils-535", range: { start: { line: 2 } } });
    const carried = model.effects.filter((effect) => effect.kind === "place" && effect.carried === true);
    expect(carried.map((effect) => effect.range.start.line)).toContain(6);
  });

  test("through a stage in between, which is worked through once", () => {
    const between = `${STAGE.replace(/FROM ubuntu:22.04\n$/, "FROM alpine AS mid\n")}COPY --from=build /srv /srv\n`;
    expect(effectsOf(`${between}FROM alpine\nCOPY --from=mid /srv /data\n`)).toContain(
      "COPY /data/app/app.py",
    );
  });

  test("a file that names itself as its own source comes to an end", () => {
    expect(effectsOf("FROM scratch AS a\nCOPY --from=a /x /y\nCOPY --from=0 /x /z\n")).toEqual([
      "COPY /y or below",
      "COPY /z or below",
    ]);
  });
});

describe("what a command copies out of a bind mount", () => {
  test("of a stage", () => {
    const run = "RUN --mount=type=bind,from=build,source=/srv,target=/mnt cp -r /mnt/app /opt/ml/code\n";
    expect(effectsOf(`${STAGE}${run}`)).toEqual(["cp /opt/ml/code or below", "cp /opt/ml/code/app.py"]);
  });

  test("of the build context is only what its words tell", () => {
    expect(effectsOf("RUN --mount=type=bind,target=/mnt cp /mnt/a.py /x/\n")).toEqual(["cp /x/a.py"]);
  });
});
