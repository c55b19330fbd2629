import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { dockerfileModel } from "../../../../src/core/dockerfile/dockerfile.ts";
import { applyEdits } from "../../../../src/core/edit.ts";
import { execFormFix } from "../../../../src/core/entrypoint/exec-form-fix.ts";
import type { Fix } from "../../../../src/core/finding.ts";
import { Random } from "../../../conformance/dockerfile/generate.ts";

function fixOf(dockerfile: string): Fix | null {
  const model = dockerfileModel(dockerfile, { path: "Dockerfile" });
  const { entrypoint } = model.config;
  if (!entrypoint.known || entrypoint.value === null || entrypoint.instruction === null) return null;
  return execFormFix(model, entrypoint.value, entrypoint.instruction);
}

/** What becomes of the ENTRYPOINT: the safe fix, `unsafe: ` and the other one, or `null`. */
function fixed(entrypoint: string, head = "FROM python:3.12\n"): string | null {
  const dockerfile = `${head}${entrypoint}\n`;
  const fix = fixOf(dockerfile);
  if (fix === null) return null;
  const lines = applyEdits(dockerfile, fix.edits).slice(head.length).trimEnd();
  return fix.safe ? lines : `unsafe: ${lines}`;
}

describe("one simple command becomes the exec form", () => {
  test.each([
    ["ENTRYPOINT python train.py", 'ENTRYPOINT ["python", "train.py"]'],
    ["entrypoint  python   train.py  ", 'entrypoint  ["python", "train.py"]'],
    ["ENTRYPOINT exec python train.py", 'ENTRYPOINT ["python", "train.py"]'],
    [`ENTRYPOINT python 'a b' "c\\"d" e\\ f`, 'ENTRYPOINT ["python", "a b", "c\\"d", "e f"]'],
    ["ENTRYPOINT python C:\\\\x", 'ENTRYPOINT ["python", "C:\\\\x"]'],
    ["ENTRYPOINT python '$HOME'", 'ENTRYPOINT ["python", "$HOME"]'],
    ["ENTRYPOINT python train.py # why", 'ENTRYPOINT ["python", "train.py"]'],
    ["ENTRYPOINT python train.py;", 'ENTRYPOINT ["python", "train.py"]'],
    ["ENTRYPOINT python \\\n  # kept\n\n  train.py", 'ENTRYPOINT ["python", \\\n  # kept\n\n  "train.py"]'],
    ["ENTRYPOINT exec \\\n  python train.py", 'ENTRYPOINT [ \\\n  "python", "train.py"]'],
    ["ENTRYPOINT py\\\nthon train.py", 'ENTRYPOINT ["python", "train.py"]'],
  ])("%j", (before, after) => {
    expect(fixed(before)).toBe(after);
    const argv = (line: string) =>
      dockerfileModel(`FROM scratch\n${line}\n`, { path: "d" }).config.entrypoint;
    expect(argv(after)).toMatchObject({ value: { form: "exec" } });
  });
});

describe("what needs a shell keeps it, and the shell becomes the program", () => {
  test.each([
    ["python $MAIN", '["/bin/sh", "-c", "exec python $MAIN \\"$@\\"", "sh"]'],
    ["exec python *.py", '["/bin/sh", "-c", "exec python *.py \\"$@\\"", "sh"]'],
    ["cd /x && python a.py", '["/bin/sh", "-c", "cd /x && exec python a.py \\"$@\\"", "sh"]'],
  ])("%s", (line, array) => {
    expect(fixed(`ENTRYPOINT ${line}`)).toBe(`unsafe: ENTRYPOINT ${array}`);
  });

  test.each(["a | b", "a || b", "a &", "cd /x", "python $A \\\n# comment\n$B"])("not %j", (line) => {
    expect(fixed(`ENTRYPOINT ${line}`)).toBeNull();
  });
});

describe("SHELL decides what the shell form means", () => {
  const with_ = (shell: string, base = "scratch") => `FROM ${base}\nSHELL ${shell}\n`;

  test.each(['["/bin/sh", "-ec"]', '["/bin/bash", "-c"]', '["/bin/bash", "-o", "pipefail", "-c"]'])(
    "%s starts the program as it stands",
    (shell) => {
      expect(fixed("ENTRYPOINT python a.py", with_(shell))).toBe('ENTRYPOINT ["python", "a.py"]');
    },
  );

  test("a login shell stays", () => {
    expect(fixed("ENTRYPOINT python a.py", with_('["/bin/bash", "-lc"]'))).toBe(
      'unsafe: ENTRYPOINT ["/bin/bash", "-lc", "exec python a.py \\"$@\\"", "bash"]',
    );
  });

  test("bash stays where BASH_ENV is set, or may be", () => {
    const bash = '["/bin/bash", "-c"]';
    expect(fixed("ENTRYPOINT python a.py", `${with_(bash)}ENV BASH_ENV=/x\n`)).toMatch(/^unsafe: /);
    expect(fixed("ENTRYPOINT python a.py", with_(bash, "unknown.example/x"))).toMatch(/^unsafe: /);
  });

  test("what is no POSIX shell is left alone", () => {
    expect(fixed("ENTRYPOINT python a.py", with_('["conda", "run", "-n", "x"]'))).toBeNull();
    expect(fixed("ENTRYPOINT python a.py", with_('["pwsh", "-command"]'))).toBeNull();
  });
});

describe("an array that is none", () => {
  test.each([
    ["['python', 'x.py']", '["python", "x.py"]'],
    ["[\"python\", 'a b']", '["python", "a b"]'],
    ['["python", "x.py",]', '["python", "x.py"]'],
    ["[ 'python' , 'x.py' ]", '["python", "x.py"]'],
    ["[“python”, ‘x.py’]", '["python", "x.py"]'],
    [`['say "hi"']`, '["say \\"hi\\""]'],
    ['["python" "-u" "x.py"]', '["python", "-u", "x.py"]'],
    ["['python', \\\n  # kept\n  'x.py']", '["python", \\\n  # kept\n  "x.py"]'],
  ])("%j is repaired", (before, after) => {
    expect(fixed(`ENTRYPOINT ${before}`)).toBe(`ENTRYPOINT ${after}`);
  });

  test.each([
    ["[python, x.py]", '["python", "x.py"]'],
    ["['it''s']", '["it", "s"]'],
    ["['python', '$MAIN']", '["python", "$MAIN"]'],
    ['["python", "x.py"', '["python", "x.py"]'],
  ])("%j has to be read into", (before, after) => {
    expect(fixed(`ENTRYPOINT ${before}`)).toBe(`unsafe: ENTRYPOINT ${after}`);
  });

  test.each([
    "['a\\tb']",
    "['a'] b'",
    "['a",
    "[\"a\u0001\", 'b']",
    "[[ 'a' ]]",
    "[,'a']",
    "['a',,'b']",
    "[]x",
    "[ -f x ] && y",
  ])("%j is left to its writer", (text) => {
    expect(fixed(`ENTRYPOINT ${text}`)).toBeNull();
  });
});

test("a comment behind the array gets a line of its own", () => {
  const before = 'FROM python:3.12\r\n  ENTRYPOINT ["python", "x.py"] # the program\r\n';
  const fix = fixOf(before);
  expect(fix?.safe).toBe(true);
  expect(applyEdits(before, fix?.edits ?? [])).toBe(
    'FROM python:3.12\r\n# the program\r\n  ENTRYPOINT ["python", "x.py"]\r\n',
  );
});

const PIECES = [
  "a",
  "b c",
  "'",
  '"',
  "\\",
  "x=1",
  "$",
  "~",
  "*",
  "{1,2}",
  "#",
  " ",
  " ",
  "-",
  "!",
  "é",
  ";",
  "`",
];

test("the exec form has the words that a shell gives its program", () => {
  let compared = 0;
  for (let seed = 1; seed <= 3_000 && compared < 250; seed += 1) {
    const random = new Random(seed);
    const line = Array.from({ length: 1 + random.times(6) }, () => random.pick(PIECES)).join("");
    const dockerfile = `FROM scratch\nENTRYPOINT p ${line}\n`;
    const fix = fixOf(dockerfile);
    if (fix === null || !fix.safe) continue;
    const read = (text: string) => dockerfileModel(text, { path: "d" }).config.entrypoint;
    const [before, after] = [read(dockerfile), read(applyEdits(dockerfile, fix.edits))];
    const argv = after.known ? after.value?.argv : null;
    const script = before.known ? before.value?.line?.text : "";
    const shell = spawnSync("/bin/sh", ["-c", `p() { printf '%s\\0' p "$@"; }; ${script}`]);
    expect(shell.status, line).toBe(0);
    expect(argv, line).toEqual(shell.stdout.toString().split("\0").slice(0, -1));
    compared += 1;
  }
  expect(compared).toBe(250);
});
