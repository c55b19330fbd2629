import { beforeAll, expect, test } from "vitest";
import { FORMAT_NAMES } from "../../src/core/formats.ts";
import { useCli } from "./support/bundle.ts";

const cli = useCli();

/** What a terminal obeys (ESC, C1, bidi) and what a CI runner obeys. */
const EVIL = "\u001b[31m\u009b2J\u202e";
const FOLDER = "x\n::error::y ##[set]z\u001b[2J";

beforeAll(async () => {
  await cli.write(
    `${FOLDER}/Dockerfile`,
    `FROM scratch\nLABEL a="${EVIL}"\nENTRYPOINT echo ${EVIL} ##[command]x ##vso[task]\nCOPY ${EVIL} /opt/ml/${EVIL}\n`,
  );
  await cli.write(`${FOLDER}/.trainlint.yaml`, `exclude: ["${"\\e[31m"}"]\n`);
  await cli.write("broken/Dockerfile", `${EVIL}\n::stop-commands::x\n`);
  await cli.write("config.yaml", `"::error::${"\\e[31m"}": 1\n`);
}, 60_000);

const COMMANDS: readonly (readonly string[])[] = [
  ...FORMAT_NAMES.map((format) => ["lint", `${FOLDER}/Dockerfile`, "--format", format]),
  ["lint", `${FOLDER}/Dockerfile`, "--format", "text", "--color"],
  ["lint", "broken/Dockerfile"],
  ["lint", `${FOLDER}/Dockerfile`, "--diff"],
  ["lint", `${FOLDER}/Dockerfile`, "--diff", "--unsafe-fixes"],
  ["check", "--dockerfile", `${FOLDER}/Dockerfile`],
  ["check", "--dockerfile", `${FOLDER}/Dockerfile`, "--format", "html"],
  ["lint", "--config", "config.yaml"],
  ["lint", "no\u001b[31m\n::error::such"],
  ["lint", "--format", "\u001b[31m\n::error::x"],
  ["lint", `--\u001b[31mx\n::error::`],
  ["lint", `${FOLDER}/Dockerfile`, "--print-config"],
  ["show", `${FOLDER}/Dockerfile`],
  ["show", `${FOLDER}/Dockerfile`, "--format", "json"],
  ["explain", "\u001b[31m\n::error::x"],
  ["image", "docker-archive:\u001b[31m\n::error::x"],
  ["judge", `${FOLDER}/Dockerfile`],
  ["job", `${FOLDER}/Dockerfile`],
];

test.each(COMMANDS)(
  "%j %j %j %j %j lets no control character and no foreign command out",
  async (...args) => {
    // As in CI: a diff that goes to a file or a pipe elsewhere is the exact one, since programs apply it.
    const { stdout, stderr } = await cli.run(args, { env: { CI: "true" } });
    const colours = args.includes("--color") ? /\u001b\[[0-9;]*m/g : /(?!)/g;
    const shown = (stdout + stderr).replace(colours, "");
    expect(shown).not.toBe("");
    expect(shown).not.toMatch(
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2028\u2029\u2066-\u2069]/,
    );
    expect(shown).not.toMatch(/##(\[|vso\[)/);
    const commands = shown.split("\n").filter((line) => /^\s*::/.test(line));
    if (!args.includes("github")) expect(commands).toEqual([]);
    for (const line of commands)
      expect(line).toMatch(/^::(error|warning|notice) (file|title)=[^:]*::[^\n]*$/);
  },
);

test("what is made harmless is still shown", async () => {
  const { stdout } = await cli.run(["lint", `${FOLDER}/Dockerfile`, "--format", "text"]);
  expect(stdout).toContain("<U+001B>");
  expect(stdout).toContain("<U+202E>");
  expect(stdout).toContain("# #[set]z");
});
