import { describe, expect, test } from "vitest";
import { parseScript } from "../../../../../src/core/dockerfile/shell/outline.ts";

/** The commands that a script started with these words reaches; `?` in front of those that may not run. */
function reached(script: string, args: readonly string[] = ["train"]): string[] {
  return parseScript(script, "x.sh", args).commands.map(
    (command) =>
      (command.conditional ? "? " : "") + command.argv.map((word) => word.value ?? word.raw).join(" "),
  );
}

describe("tests on the script's arguments", () => {
  test.each([
    ['if [ "$1" = "train" ]; then a; else b; fi', ["a"]],
    ["if [ $1 = serve ]; then a; else b; fi", ["b"]],
    ['if [ "$1" = serve ]; then a; elif [ "$1" = train ]; then b; else c; fi', ["b"]],
    ['if [ "$1" = serve ]; then a; elif d; then b; else c; fi', ["d", "? b", "? c"]],
    ['if d; then a; elif [ "$1" = train ]; then b; else c; fi', ["d", "? a", "? b"]],
    ['if [[ "$1" == tr* ]]; then a; fi', ["a"]],
    ["if [[ $1 =~ ^(train|serve)$ ]]; then a; fi", ["a"]],
    ['if [[ "$1" == "serve" || "$1" == "train" ]]; then a; fi', ["a"]],
    ['if [ "$1" = serve ] || [ "$1" = train ]; then a; fi', ["a"]],
    ['if [ "$1" = serve -o "$1" = train ]; then a; fi', ["a"]],
    ['if ! [ "$1" = serve ]; then a; fi', ["a"]],
    ['if [ ! "$1" = serve ]; then a; fi', ["a"]],
    ['if [ -z "$1" ]; then a; fi; if [ $# -eq 1 ]; then b; fi', ["b"]],
    ['if test -n "$2"; then a; fi', []],
    ['[ "$1" = serve ] && a', []],
    ['[ "$1" = train ] && a', ["a"]],
    ['[ "$1" = train ] || exit 1; a', ["a"]],
    ['[ "$1" = train ] && a || b', ["a", "? b"]],
    ["[ -f x ] && a", ["[ -f x ]", "? a"]],
    ['case "$1" in serve) a ;; train|fit) b ;; *) c ;; esac', ["b"]],
    ["case $1 in t*) a ;; *) c ;; esac", ["a"]],
    ['case "$MODE" in serve) a ;; *) c ;; esac', ["? a", "? c"]],
    ['mode=${1:-serve}; if [ "$mode" = train ]; then a; fi', ["a"]],
    ['shift; if [ "$1" = train ]; then a; else b; fi', ["shift", "b"]],
    ['set -euo pipefail; if [ "$1" = train ]; then a; else b; fi', ["set -euo pipefail", "a"]],
    ['set -- serve; if [ "$1" = train ]; then a; else b; fi', ["set -- serve", "b"]],
    ['f() { if [ "$1" = train ]; then a; else b; fi; }; f other; f "$@"', ["f other", "b", "f train", "a"]],
    ['exec "$@"', ["exec train"]],
  ])("%s", (script, commands) => {
    expect(reached(script)).toEqual(commands);
  });

  test("nothing is answered in a loop, where the arguments may be others", () => {
    expect(reached('while [ $# -gt 0 ]; do case "$1" in train) a ;; *) b ;; esac; shift; done')).toEqual([
      "[ 1 -gt 0 ]",
      "? a",
      "? b",
      "? shift",
    ]);
  });

  test("without arguments every branch counts", () => {
    const script = parseScript('if [ "$1" = train ]; then a; else b; fi', "x.sh");
    expect(script.commands.filter((command) => command.conditional)).toHaveLength(2);
  });
});

test("a trap's action is followed into functions that come later", () => {
  const script = parseScript("trap stop TERM\nstop() {\n  kill -TERM $child; wait $child\n}\na &\n", "x.sh");
  expect(script.traps[0]?.reaches.map((command) => command.argv[0]?.value)).toEqual(["stop", "kill", "wait"]);
  expect(script.commands.map((command) => command.argv[0]?.value)).toEqual(["trap", "a"]);
});
