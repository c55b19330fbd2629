import { describe, expect, test } from "vitest";
import { execLine } from "../../../../../src/core/dockerfile/shell/exec-line.ts";

describe("the shell becomes its last command, which gets the arguments", () => {
  test.each([
    ["python $MAIN", 'exec python $MAIN "$@"'],
    ["exec python $MAIN", 'exec python $MAIN "$@"'],
    ['exec python "$@"', 'exec python "$@"'],
    ["python a.py $*", "exec python a.py $*"],
    ["cd /opt && python a.py", 'cd /opt && exec python a.py "$@"'],
    ["set -e; . ./env.sh; python a.py", 'set -e; . ./env.sh; exec python a.py "$@"'],
    ["python a.py > log 2>&1", 'exec python a.py "$@" > log 2>&1'],
    ["$PYTHON", 'exec $PYTHON "$@"'],
    ["python a.py # why", 'exec python a.py "$@" # why'],
    ["python a.py;", 'exec python a.py "$@";'],
  ])("%s", (line, expected) => {
    expect(execLine(line)).toBe(expected);
  });
});

describe("nothing to become", () => {
  test.each([
    "",
    "cd /opt",
    ". ./run.sh",
    "exec",
    "exec -a name python",
    "a | b",
    "a || b",
    "a &",
    "a & b &",
    "if a; then b; fi",
    "(a)",
    "A=1 python a.py",
    "> log python a.py",
    "python 'a",
    "[ -f x ] || exit 1",
  ])("%s", (line) => {
    expect(execLine(line)).toBeNull();
  });
});
