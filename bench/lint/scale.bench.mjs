import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { command, inRounds, trainlint } from "../frame/measure.mjs";
import { eachRound } from "../frame/sample.mjs";
import { compared, measured } from "../frame/table.mjs";
import { writeDockerfiles } from "./make-dockerfiles.mjs";

export const title = "Cost by lines and files";
export const about = `Time beyond \`node -e 0\` for each line or file, against the same for a tenth of them. Linear is 1; at the
small end the program's own start counts, so that less than 1 is usual.`;

export async function run({ folder, say }) {
  const work = join(folder, "scale");
  mkdirSync(work, { recursive: true });
  const rows = [];
  const compare = async (what, sizes, make) => {
    const costs = [];
    for (const size of sizes) {
      say(`${what}: ${size}`);
      const target = make(size);
      const [time, node] = await inRounds(3, [
        trainlint("--quiet", "--fail-on", "never", target),
        command(process.execPath, "-e", "0"),
      ]);
      rows.push(measured(`${size} ${what}`, time, "s"));
      costs.push(eachRound(time, node, (whole, start) => ((whole - start) / size) * 1e6));
    }
    for (const [index, each] of costs.entries()) {
      if (index === 0) continue;
      rows.push(
        compared(
          `microseconds for each of ${sizes[index]} ${what}`,
          each,
          "us",
          `of ${sizes[index - 1]}`,
          costs[index - 1],
        ),
      );
    }
  };
  const written = (name, text) => {
    const path = join(work, name);
    writeFileSync(path, text);
    return path;
  };
  await compare("lines of one Dockerfile", [10_000, 100_000], (size) =>
    written("lines.Dockerfile", `FROM python:3.12\n${lines(size)}ENTRYPOINT ["python", "train.py"]\n`),
  );
  await compare("lines of one RUN", [2_000, 20_000], (size) =>
    written(
      "run.Dockerfile",
      `FROM python:3.12\nRUN true \\\n${"  && echo line \\\n".repeat(size)}  && true\nENTRYPOINT ["python"]\n`,
    ),
  );
  await compare("files in a tree", [1_000, 10_000], (size) => {
    const tree = join(work, `tree-${size}`);
    writeDockerfiles(tree, size, 20);
    return tree;
  });
  rmSync(work, { recursive: true });
  return rows;
}

function lines(count) {
  const kinds = [
    (index) => `ENV NAME_${index % 500}=value${index}\n`,
    (index) => `RUN echo ${index} && mkdir -p /srv/${index} && cp a /srv/${index}\n`,
    (index) => `COPY file${index} /srv/file${index}\n`,
  ];
  return Array.from({ length: count }, (_, index) => kinds[index % 3](index)).join("");
}
