import { describe, expect, test } from "vitest";
import { outlineOf } from "../../../../src/core/dockerfile/shell/outline.ts";
import { wholeText } from "../../../../src/core/dockerfile/shell/source.ts";
import { signalFlow } from "../../../../src/core/entrypoint/script-signals.ts";

/** What becomes of SIGTERM in a bash script that is started with `train`. */
function flow(script: string): string {
  const result = signalFlow(outlineOf(wholeText(script), "x.sh", ["train"]), {
    execsLast: false,
    isBash: true,
    init: null,
  });
  return result.kind === "fault" ? `${result.fault} ${result.command.argv[0]?.raw}` : result.kind;
}

/** Forms of entrypoint scripts that are found in public repositories, in words of our own. */
const FORMS: readonly (readonly [string, string, string])[] = [
  [
    "two waits with the trap taken back between them",
    "trap 'kill -TERM $PID' TERM INT\njava -jar app.jar &\nPID=$!\nwait $PID\ntrap - TERM INT\nwait $PID\nSTATUS=$?\nexit $STATUS\n",
    "handled",
  ],
  [
    "exec of a background command",
    "#!/bin/sh\n. /venv/bin/activate\ntrap 'kill -TERM $PID' TERM INT\nexec \"$@\" &\nPID=$!\nwait $PID\ntrap - TERM INT\nwait $PID\n",
    "handled",
  ],
  [
    "a function that kills, waits and exits",
    "_term() {\n  echo stopping\n  kill $child\n  wait $child\n  exit $?\n}\ntrap _term 15\npython $HOME/main.py &\nchild=$!\nwait $child\n",
    "handled",
  ],
  [
    "one function for each signal",
    "on_term() { kill -TERM ${pid}; wait ${pid}; }\non_int() { kill -INT ${pid}; wait ${pid}; }\ntrap 'on_term' TERM\ntrap 'on_int' INT\n./app -config=${CONFIG} & pid=$!\nwait ${pid}\n",
    "handled",
  ],
  [
    "a loop around wait",
    'run() {\n  "$@" <&0 &\n  pid=$!\n  trap "stop $pid" EXIT INT TERM\n  while kill -0 $pid > /dev/null 2>&1; do\n    wait $pid\n  done\n}\nstop() { kill -TERM $1; }\nrun "$@"\n',
    "handled",
  ],
  [
    "two daemons that are watched",
    "server & A=$!\n/usr/bin/exporter & B=$!\ncleanup() { kill $A $B; wait $A $B; }\ntrap cleanup TERM INT EXIT\nwhile kill -0 $A && kill -0 $B; do sleep 2; done\nexit 1\n",
    "handled",
  ],
  [
    "a kill without a wait, and exit",
    "cleanup() { kill $pid 2>/dev/null; exit 0; }\ntrap cleanup TERM INT\nif [ -f config ]; then\n  $BIN --config config &\n  pid=$!\nelse\n  $BIN &\n  pid=$!\nfi\nwait $pid\n",
    "ends-first $BIN",
  ],
  [
    "one wait in a function",
    'trap \'kill -TERM $PID\' TERM INT\nmain() {\n  exec /app/train "$@" &\n  PID=$!\n  wait $PID\n  code=$?\n  exit $code\n}\nmain "$@"\n',
    "ends-first exec",
  ],
  [
    "a trap that is set behind its child",
    '"$@" &\nchild=$!\n_term() { kill -TERM "$child" 2>/dev/null; }\ntrap _term TERM\nwait "$child"\n',
    'ends-first "$@"',
  ],
  [
    "train or else",
    'set -e\nif [[ "$1" == "train" ]]; then\n  python /opt/ml/code/t.py\nelse\n  exit 1\nfi\n',
    "child python",
  ],
  [
    "the toolkit's train",
    'if [[ "$1" == "train" ]]; then\n  train "${@}"\nelse\n  exit 1\nfi\n',
    "child train",
  ],
  [
    "an argument that is put aside",
    'name="$1"\nshift\nif [ "$name" = "train" ]; then\n  python t.py $@\nelse\n  exec serve\nfi\n',
    "child python",
  ],
  [
    "else is training",
    'if [[ "$1" == "serve" ]]; then\n  exec python3 s.py\nelse\n  python3 t.py\nfi\n',
    "child python3",
  ],
  [
    "serving is the fault",
    'if [ $1 = "train" ]; then\n  exec python t.py\nelif [ $1 = "process" ]; then\n  python $2\nelse\n  python s.py\nfi\n',
    "becomes",
  ],
  [
    "a mode with a default",
    'MODE="$1"\nif [ -z "$MODE" ]; then MODE=${SM_MODE:-train}; else shift; fi\nif [ "$MODE" = serve ] || [ "$MODE" = inference ]; then\n  exec serve\nelse\n  export SAGEMAKER_PROGRAM=${1:-t.py}\n  exec python -m sagemaker_training\nfi\n',
    "becomes",
  ],
  [
    "subcommands as functions",
    'CMD=${1:-"--help"}\nshift || true\nfunction run_train { python t.py "$@"; }\nfunction run_serve { exec uvicorn x; }\ncase "$CMD" in\ntrain) run_train "$@" ;;\nserve) run_serve "$@" ;;\n*) exit 2 ;;\nesac\n',
    "child python",
  ],
  [
    "an environment that is activated",
    "source activate p36\nls /opt/ml/input\ncd rsp/\n./rsp train --config /opt/ml/input/data/config/*.toml\n",
    "child ./rsp",
  ],
  [
    "exec behind set -u and IFS",
    'set -euo pipefail\nIFS=$\'\\n\\t\'\nX="${X:-/y}"\nreadonly X\nexec python -u "src/${X}/train.py" --ngpu 1\n',
    "becomes",
  ],
  [
    "a command in a variable, to tee",
    'CMD="torchrun ${ARGS} train.py ${OPTS}"\necho ${CMD}\n${CMD} 2>&1 | tee /opt/ml/output/log\n',
    "pipeline ${CMD}",
  ],
  [
    "several pipelines, then permissions",
    "python -u a.py 2>&1 | tee a.log\npython b.py 2>&1 | tee b.log\nchmod -R 777 /opt/ml/output\n",
    "pipeline python",
  ],
  ["an assignment in front", "CUDA_VISIBLE_DEVICES=0 python run.py train --lr=1e-3\n", "child python"],
  ["several GPUs", 'NUM=2\ntorchrun --nproc_per_node=$NUM /w/train.py "$@"\n', "child torchrun"],
  [
    "background, wait, then evaluation left behind",
    "nohup python t.py > t.log 2>&1 &\nP=$!\necho $P > pid\nwait $P\nnohup python e.py >> t.log 2>&1 &\nE=$!\necho $E > e.pid\n",
    "abandoned nohup",
  ],
  [
    "background and wait in a function",
    'run() {\n  python t.py "$@" >> log 2>&1 &\n  P=$!\n  wait $P\n  if [ $? -eq 0 ]; then echo ok; else echo no; exit 1; fi\n}\nrun "$@"\n',
    "background python",
  ],
  ["a log that is followed", "supervisor start\ntail -F /var/log/x &\nwait $!\n", "unclear"],
  [
    "AWS's eval of what it gets",
    'if [[ "$1" = "serve" ]]; then\n  shift 1\n  torchserve --start\nelse\n  eval "$@"\nfi\ntail -f /dev/null\n',
    "unclear",
  ],
  ["a restart loop", "while true; do\n  python t.py\n  sleep 5\ndone\n", "child python"],
  [
    "hosts that are waited for",
    "until ping -c1 algo-1; do sleep 1; done\nexec mpirun -np 2 python t.py\n",
    "becomes",
  ],
];

describe("forms of entrypoint scripts", () => {
  test.each(FORMS)("%s", (_, script, expected) => {
    expect(flow(script)).toBe(expected);
  });
});
