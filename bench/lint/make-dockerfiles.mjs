import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Numbers that the seed decides (mulberry32): every run measures the same files. */
function randomOf(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

const BASES = ["python:3.12-slim", "nvidia/cuda:12.4.1-runtime-ubuntu22.04", "ubuntu:22.04", "node:20"];
const PACKAGES =
  "build-essential ca-certificates cmake curl ffmpeg git jq libgl1 libgomp1 nginx unzip vim wget".split(" ");
const PYTHON = "boto3 fastapi numpy pandas pydantic scikit-learn scipy torch transformers xgboost".split(" ");

/** A Dockerfile as people write them for training: 20 to 60 lines, one or two stages, RUN lines over several lines. */
export function dockerfile(seed) {
  const random = randomOf(seed);
  const pick = (items) => items[random(items.length)];
  const some = (items, count) => Array.from({ length: count }, () => pick(items));
  const steps = [
    () =>
      `ENV ${pick(["LANG", "PYTHONUNBUFFERED", "MODEL_DIR", "PATH"])}=${pick(["C.UTF-8", "1", "/srv/model", '"/opt/program:${PATH}"'])}`,
    () => `ARG VERSION=${random(9)}.${random(20)}`,
    () => `LABEL maintainer="team-${random(20)}@example.com"`,
    () =>
      `RUN apt-get update && apt-get install -y --no-install-recommends \\\n${some(PACKAGES, 3 + random(8))
        .map((name) => `      ${name} \\\n`)
        .join("")}  && rm -rf /var/lib/apt/lists/*`,
    () =>
      `RUN pip install --no-cache-dir \\\n${some(PYTHON, 2 + random(5))
        .map((name) => `      ${name}==${random(9)}.${random(9)} \\\n`)
        .join("")}      wheel`,
    () =>
      `RUN if [ "$VERSION" != "1.0" ]; then \\\n      curl -fsSL https://example.com/tool-\${VERSION}.tar.gz -o /tmp/tool.tgz \\\n      && tar -xzf /tmp/tool.tgz -C /usr/local --strip-components=1 \\\n      && rm /tmp/tool.tgz; \\\n    fi`,
    () =>
      `RUN useradd -m user${random(9)} && mkdir -p /opt/program/${random(9)} && chown -R user${random(9)} /opt/program`,
    () => `COPY ${pick(["requirements.txt", "src/", "train.py"])} /opt/program/`,
    () => `WORKDIR /opt/${pick(["program", "app", "work"])}`,
    () =>
      `# ${pick(["what follows is needed by the model", "keep in step with the other images", "see the wiki"])}`,
  ];
  const stage = (from) => [from, ...Array.from({ length: 6 + random(8) }, () => pick(steps)())];
  const lines = random(3) === 0 ? stage(`FROM ${pick(BASES)} AS build`) : [];
  lines.push(...stage(`FROM ${pick(BASES)}`));
  lines.push(
    pick([
      'ENTRYPOINT ["python", "/opt/program/train.py"]',
      "ENTRYPOINT python train.py",
      'CMD ["python", "train.py"]',
    ]),
  );
  return `${lines.join("\n")}\n`;
}

/** Writes `count` of them into a folder, `perFolder` to each folder of it; answers their paths. */
export function writeDockerfiles(folder, count, perFolder = count) {
  const paths = [];
  for (let index = 0; index < count; index += 1) {
    const below = join(folder, String(Math.floor(index / perFolder)));
    if (index % perFolder === 0) mkdirSync(below, { recursive: true });
    const path = join(below, `Dockerfile.${index}`);
    writeFileSync(path, dockerfile(index + 1));
    paths.push(path);
  }
  return paths;
}
