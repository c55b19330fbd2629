import { describe, expect, test } from "vitest";
import { wholeText } from "../../../../src/core/dockerfile/shell/source.ts";
import { lostSignal } from "../../../../src/core/entrypoint/lost-signal.ts";
import type { ProgramFile, ProgramFiles } from "../../../../src/core/entrypoint/program-files.ts";

const placed = { start: { line: 1, column: 1 }, end: { line: 1, column: 2 } };

type Scripts = { readonly [path: string]: string };

function filesOf(scripts: Scripts, sh: ReturnType<ProgramFiles["sh"]> = "dash"): ProgramFiles {
  const file = (word: string): ProgramFile | null => {
    const path = word.startsWith("/") ? word : `/w/${word.replace(/^\.\//, "")}`;
    const text = scripts[path];
    if (text === undefined) return null;
    return { path, text: wholeText(text), whole: true, mode: 0o755, origin: { kind: "dockerfile", placed } };
  };
  return { program: file, script: file, sh: () => sh };
}

/** The fault and the line of a command line's scripts; `null` for none. */
function judge(
  argv: readonly string[],
  scripts: Scripts = {},
  sh?: ReturnType<ProgramFiles["sh"]>,
): string | null {
  const words = [...argv, "train"].map((value) => ({ value, range: null }));
  const lost = lostSignal(words, filesOf(scripts, sh));
  if (lost === null) return null;
  return `${lost.fault} ${lost.command.range.start.line} ${lost.command.argv[0]?.raw}`;
}

function script(...lines: readonly string[]): string | null {
  return judge(["/x.sh"], { "/x.sh": `#!/bin/bash\n${lines.join("\n")}\n` });
}

describe("a script that hands SIGTERM on", () => {
  test.each([
    [['exec "$@"']],
    [
      [
        "set -euo pipefail",
        "source /opt/conda/etc/profile.d/conda.sh",
        "conda activate x",
        "exec python train.py",
      ],
    ],
    [["exec gosu app python train.py"]],
    [["exec env A=1 python train.py"]],
    [["exec > >(tee /tmp/log) 2>&1", 'exec python train.py "$@"']],
    [['if [ "$1" = train ]; then', "  exec python train.py", "fi", 'exec "$@"']],
    [['if [ "$1" = train ]; then', "  exec python train.py", "fi", "python serve.py"]],
    [['case "$1" in', "train) exec ./train ;;", "serve) ./serve ;;", "esac"]],
    [["main() {", '  exec python train.py "$@"', "}", 'main "$@"']],
    [["while ! nc -z db 5432; do sleep 1; done", "exec python train.py"]],
    [["python prepare.py", "exec python train.py"]],
    [["exec python train.py || exit 1"]],
    [["trap 'kill -TERM $child; wait $child' TERM", "python train.py &", "child=$!", "wait $child"]],
    [
      [
        "stop() {",
        "  kill $(jobs -p)",
        "  wait",
        "}",
        "trap stop TERM INT",
        "python a.py &",
        "python b.py &",
        "wait",
      ],
    ],
    [["trap 'kill -TERM $p' TERM", "python train.py &", "p=$!", "while kill -0 $p; do wait $p; done"]],
    [["trap 'kill -TERM $p' TERM", "python train.py &", "p=$!", "wait $p", "wait $p", "exit $?"]],
  ])("%j", (lines) => {
    expect(script(...lines)).toBeNull();
  });
});

describe("a script in which it is lost", () => {
  test.each([
    [["python train.py"], "child 2 python"],
    [["python train.py", "exit $?"], "child 2 python"],
    [
      ["python train.py", "ret=$?", "if [ $ret -ne 0 ]; then", "  echo failed", "  exit 1", "fi"],
      "child 2 python",
    ],
    [["python train.py", "cp -r /out /opt/ml/model"], "child 2 python"],
    [["cd /opt/program && python train.py"], "child 2 python"],
    [["python train.py || exit 1"], "child 2 python"],
    [['"$@"'], 'child 2 "$@"'],
    [["for i in 1 2 3; do", "  python train.py --fold $i", "done"], "child 3 python"],
    [["while true; do", "  ./train", "done"], "child 3 ./train"],
    [["( python train.py )"], "child 2 python"],
    [["set -o pipefail", "python train.py 2>&1 | tee log"], "pipeline 3 python"],
    [["{ python train.py; } 2>&1 | tee log"], "pipeline 2 python"],
    [["python train.py | while read line; do echo $line; done"], "pipeline 2 python"],
    [["python train.py > >(tee log) 2>&1"], "child 2 python"],
    [
      ['if [ "$1" = train ]; then', "  python train.py", "else", "  exec python serve.py", "fi"],
      "child 3 python",
    ],
    [["run() {", "  python train.py", "}", "run"], "child 3 python"],
    [["bash -c 'exec python train.py'"], "child 2 bash"],
    [["su app -c 'python train.py'"], "child 2 su"],
    [["sudo -E python train.py"], "child 2 sudo"],
    [["conda run -n x python train.py"], "child 2 conda"],
    [["trap 'echo bye' EXIT", "python train.py"], "dies-first 3 python"],
    [["trap 'kill -TERM $p; exit 0' TERM", "python train.py &", "p=$!", "wait $p"], "ends-first 3 python"],
    [["trap 'exit 143' TERM", "python train.py &", "wait"], "ends-first 3 python"],
    [["nohup python train.py > log &"], "abandoned 2 nohup"],
  ])("%j", (lines, expected) => {
    expect(script(...lines)).toBe(expected);
  });

  test("AWS's own start script", () => {
    const text = [
      "#!/usr/bin/env bash",
      'if [[ "$1" = "train" ]]; then',
      "     CURRENT_HOST=$(jq .current_host  /opt/ml/input/config/resourceconfig.json)",
      '     sed -ie "s/PLACEHOLDER_HOSTNAME/$CURRENT_HOST/g" changehostname.c',
      "     gcc -o changehostname.o -c -fPIC -Wall changehostname.c",
      "     LD_PRELOAD=/libchangehostname.so train",
      "else",
      '     eval "$@"',
      "fi",
    ];
    const scripts = { "/w/start_with_right_hostname.sh": text.join("\n") };
    expect(judge(["bash", "-m", "start_with_right_hostname.sh"], scripts)).toBe("child 6 train");
  });
});

describe("what can't be told is no fault", () => {
  test.each([
    [["source ./lib.sh", "main"]],
    [["python train.py", "sleep infinity"]],
    [["trap cleanup TERM", "python train.py &", "wait"]],
    [["trap 'aws s3 cp x y' TERM", "python train.py &", "wait"]],
    [["if broken; then"]],
    [["mkdir -p /opt/ml/model", "cp -r a b"]],
  ])("%j", (lines) => {
    expect(script(...lines)).toBeNull();
  });

  test("a shell that is not known, a file that is not at hand", () => {
    expect(judge(["/x.sh"], { "/x.sh": "#!/bin/zsh\npython train.py\n" })).toBeNull();
    expect(judge(["/y.sh"])).toBeNull();
    expect(judge(["bash", "/y.sh"])).toBeNull();
  });
});

describe("ways to a script", () => {
  const scripts = { "/x.sh": "#!/usr/bin/env bash\npython train.py\n", "/w/y.sh": "exec /x.sh\n" };
  test.each([
    [["/bin/sh", "/x.sh"], "child 2 python"],
    [["bash", "-eux", "-o", "pipefail", "/x.sh"], "child 2 python"],
    [["env", "-u", "A", "B=1", "/x.sh"], "child 2 python"],
    [["/usr/bin/env", "-S", "bash -e", "/x.sh"], "child 2 python"],
    [["tini", "--", "/x.sh"], "dies-first 2 python"],
    [["dumb-init", "--", "bash", "./y.sh"], "dies-first 2 python"],
    [["bash", "y.sh"], "child 2 python"],
    [["bash", "-c", "exec /x.sh"], "child 2 python"],
    [["timeout", "-s", "INT", "1h", "/x.sh"], "dies-first 2 python"],
  ])("%j", (argv, expected) => {
    expect(judge(argv, scripts)).toBe(expected);
  });
});

describe("a line behind -c", () => {
  test.each<[string, string, "dash" | "bash" | "busybox" | null, string | null]>([
    ["sh", "python train.py", "dash", "child 1 python"],
    ["sh", "python train.py", "busybox", null],
    ["sh", "python train.py", "bash", null],
    ["sh", "python train.py", null, null],
    ["bash", "python train.py", null, null],
    ["bash", "cd /d; python train.py", null, null],
    ["bash", "python train.py; echo done", null, "child 1 python"],
    ["bash", "python train.py | tee log", null, "pipeline 1 python"],
    ["bash", "python train.py > log", null, "child 1 python"],
    ["sh", "exec python train.py", "dash", null],
    ["sh", "exec python train.py; echo", "dash", null],
  ])("%s -c %j where sh is %s", (shell, line, sh, expected) => {
    expect(judge([shell, "-c", line], {}, sh)).toBe(expected);
  });
});
