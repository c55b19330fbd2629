import { describe, expect, it } from "vitest";
import { dockerfileModel } from "../../../../src/core/dockerfile/dockerfile.ts";
import type { Finding, Location } from "../../../../src/core/finding.ts";
import { baseGiven } from "../../../../src/core/image/base.ts";
import { composeImage } from "../../../../src/core/image/compose.ts";
import { matchHistory } from "../../../../src/core/image/dockerfile-history.ts";
import { knownBase } from "../../../../src/core/image/known-base.ts";
import { madeBy } from "../../../../src/core/image/made-by.ts";
import type { ImageModel } from "../../../../src/core/image/model.ts";
import { withOrigins } from "../../../../src/core/image/origin.ts";

describe("an entry of the history", () => {
  it.each([
    ["/bin/sh -c #(nop)  ENV A=1", "ENV", "A=1"],
    ['/bin/sh -c #(nop)  ENTRYPOINT ["/x"]', "ENTRYPOINT", '["/x"]'],
    ["/bin/sh -c #(nop) COPY file:0a in /opt/x ", "COPY", "file:0a in /opt/x"],
    ["/bin/sh -c apt-get update && true", "RUN", "apt-get update && true"],
    ["|2 A=1 B=two words /bin/sh -c make it", "RUN", "make it"],
    ["RUN /bin/sh -c make it # buildkit", "RUN", "make it"],
    ["RUN |1 A=1 /bin/bash -o pipefail -c make it # buildkit", "RUN", "make it"],
    ["COPY a b # buildkit", "COPY", "a b"],
    ["WORKDIR /x", "WORKDIR", "/x"],
    ["# debian.sh --arch 'amd64' out/", "RUN", "# debian.sh --arch 'amd64' out/"],
    ["/bin/busybox --install -s /bin", "RUN", "/bin/busybox --install -s /bin"],
  ])("%s", (createdBy, keyword, text) => {
    expect(madeBy(createdBy)).toEqual({ keyword, text });
  });
});

/** An image with this history; `*` in front marks an entry that makes a layer. */
function image(history: readonly string[]): ImageModel {
  const layers = history.flatMap((line, at) =>
    line.startsWith("*") ? [{ digest: `sha256:${at}`, stored: null }] : [],
  );
  const entries = history.map((line, at) => ({
    createdBy: line.replace(/^\*/, ""),
    layer: line.startsWith("*") ? `sha256:${at}` : null,
  }));
  return { ...composeImage({ layers }), history: entries };
}

const BASE = ["*ADD file:1 in / ", 'CMD ["bash"]'];

const DOCKERFILE = `FROM me/base:1 AS first
ARG VERSION=1
RUN apt-get update \\
 && apt-get install -y curl
FROM first
COPY train.py /opt/program/
ENV A=1
ENTRYPOINT ["python", "/opt/program/train.py"]
`;

const CLASSIC = [
  "/bin/sh -c #(nop)  ARG VERSION=1",
  "*|1 VERSION=1 /bin/sh -c apt-get update  && apt-get install -y curl",
  "*/bin/sh -c #(nop) COPY file:12 in /opt/program/ ",
  "/bin/sh -c #(nop)  ENV A=1",
  '/bin/sh -c #(nop)  ENTRYPOINT ["python" "/opt/program/train.py"]',
];

const BUILDKIT = [
  "ARG VERSION=1",
  "*RUN |1 VERSION=1 /bin/sh -c apt-get update  && apt-get install -y curl # buildkit",
  "*COPY train.py /opt/program/ # buildkit",
  "ENV A=1",
  'ENTRYPOINT ["python" "/opt/program/train.py"]',
];

describe("the history beside the Dockerfile", () => {
  const model = dockerfileModel(DOCKERFILE, { path: "Dockerfile" });
  const lines = (history: readonly string[]) => {
    const matched = matchHistory(model, image(history).history);
    if (matched === null) return null;
    const found = [...matched.instructions].map(([at, { range }]) => [at, range.start.line]);
    return { baseEntries: matched.baseEntries, lines: found.sort(([a = 0], [b = 0]) => a - b) };
  };

  it.each([
    ["classic", CLASSIC],
    ["BuildKit", BUILDKIT],
  ])("of the %s builder", (_, history) => {
    expect(lines([...BASE, ...history])).toEqual({
      baseEntries: 2,
      lines: [
        [2, 2],
        [3, 3],
        [4, 6],
        [5, 7],
        [6, 8],
      ],
    });
  });

  it("matches where a builder leaves out what makes no layer", () => {
    expect(lines([...BASE, ...BUILDKIT.slice(1)])?.lines.at(0)).toEqual([2, 3]);
  });

  it("does not match another Dockerfile's image", () => {
    expect(lines([...BASE, "*RUN /bin/sh -c pip install x # buildkit", ...BUILDKIT.slice(2)])).toBeNull();
    expect(lines([...BASE, ...BUILDKIT.slice(0, 2), "*COPY serve.py /opt/other # buildkit"])).toBeNull();
    expect(lines(BASE)).toBeNull();
  });
});

function finding(location: Location): Finding {
  return {
    ruleId: "TL000",
    rule: "x",
    messageId: "m",
    severity: "error",
    message: "m",
    help: "Do it.",
    fingerprint: "f",
    location,
    evidence: {},
    related: [],
  };
}

describe("where a finding comes from", () => {
  const history = [...BASE, 'ENTRYPOINT ["tini"]', ...BUILDKIT.slice(0, 4)];
  const built = image(history);
  const dockerfile = dockerfileModel(DOCKERFILE.replace(/ENTRYPOINT.*\n/, ""), { path: "Dockerfile" });
  const file = (layer: string): Location => ({
    kind: "image-file",
    image: "x",
    layer,
    path: "/x",
    instruction: null,
  });
  const entrypoint: Location = { kind: "image-config", image: "x", pointer: "/config/Entrypoint" };

  it("is the instruction and the line of the Dockerfile", () => {
    const [found] = withOrigins([finding(file("sha256:5"))], built, dockerfile);
    expect(found?.location).toMatchObject({ instruction: "COPY train.py /opt/program/ # buildkit" });
    expect(found?.related.map(({ location }) => location)).toMatchObject([
      { path: "Dockerfile", start: { line: 6 } },
    ]);
    expect(found?.evidence.origin).toBe("this image's own layers");
    expect(found?.help).toBe("Do it.");
  });

  it("is the base image, by the Dockerfile, and what to do about it is another thing for files and settings", () => {
    const [first, second] = withOrigins([finding(file("sha256:0")), finding(entrypoint)], built, dockerfile);
    expect(first?.evidence.origin).toBe("base image me/base:1");
    expect(first?.help).toContain("choose another base, or another tag");
    expect(first?.related).toEqual([]);
    expect(second?.evidence).toEqual({ instruction: 'ENTRYPOINT ["tini"]', origin: "base image me/base:1" });
    expect(second?.help).toContain("set it anew in your Dockerfile");
  });

  it("is told by the base that the user names", () => {
    const base = { ...image([...BASE, 'ENTRYPOINT ["tini"]']), name: "given" };
    const withBase = { ...built, base: baseGiven(built, base) };
    expect(withBase.base).toEqual({ name: "given", layers: 1, entries: 3 });
    const [own, other] = withOrigins([finding(file("sha256:5")), finding(entrypoint)], withBase, undefined);
    expect(own?.evidence.origin).toBe("this image's own layers");
    expect(other?.evidence.origin).toBe("base image given");
    expect(() => baseGiven(built, image(["x", "*y"]))).toThrow("share no layer");
  });

  it("stays open where nothing tells", () => {
    const [found] = withOrigins([finding(file("sha256:1"))], image(["*a", "*b"]), undefined);
    expect(found?.evidence).toEqual({});
    expect(found?.location).toMatchObject({ instruction: "b" });
    const [unknown] = withOrigins([finding(file("sha256:9"))], image(["*a"]), undefined);
    expect(unknown?.location).toMatchObject({ instruction: null });
  });
});

describe("a known base", () => {
  it.each([
    ["a distribution", [...BASE, "*RUN x"], "its distribution's base image", 2],
    [
      "Debian as it is built now",
      ["*# debian.sh --arch 'amd64' out/ 'bookworm'", "*RUN /bin/sh -c x # buildkit"],
      "its distribution's base image",
      1,
    ],
    [
      "Python",
      [
        ...BASE,
        "ENV PYTHON_VERSION=3.12.7",
        "*RUN /bin/sh -c build # buildkit",
        'CMD ["python3"]',
        "*COPY a b",
        'CMD ["python3"]',
      ],
      "python",
      5,
    ],
    [
      "CUDA",
      [
        ...BASE,
        "ENV NVARCH=x86_64",
        "*RUN /bin/sh -c apt # buildkit",
        "ENV NV_CUDNN_VERSION=9",
        "LABEL maintainer=NVIDIA CORPORATION <cudatools@nvidia.com>",
        "*RUN mine",
        "ENV NVIDIA_VISIBLE_DEVICES=all",
      ],
      "nvidia/cuda",
      6,
    ],
  ])("%s", (_, history, name, entries) => {
    expect(knownBase(image(history))).toMatchObject({ name, entries });
  });

  it("is not made up", () => {
    expect(knownBase(image(["*COPY x /", "*RUN y", 'CMD ["bash"]']))).toBeNull();
    expect(knownBase(image(["ENV NVIDIA_VISIBLE_DEVICES=all", "*RUN y"]))).toBeNull();
  });
});
