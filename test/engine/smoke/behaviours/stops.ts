import { expect } from "vitest";
import { hasSignal } from "../../../../src/core/run/signals.ts";
import { timeOf } from "../../../../src/core/run/story.ts";
import {
  type Behaviour,
  FOREVER,
  killedWith137,
  pid1,
  python,
  READY,
  SAVE,
  SAVING_PYTHON,
  slowly,
  stoppedWith,
  termCaught,
  train,
} from "./behaviour.ts";

/** What becomes of SIGTERM in a container with one process. */
export const STOPS: readonly Behaviour[] = [
  {
    name: "a handler that saves",
    ...python(SAVING_PYTHON),
    findings: [],
    evidence: (run) => {
      stoppedWith(0)(run);
      expect(run.readiness?.by).toBe("signal-masks");
      expect(termCaught(run)).toBe(true);
      expect(run.filesBeforeStop).toEqual([]);
      expect(run.filesAtEnd).toMatchObject([
        {
          path: "/opt/ml/model/model.bin",
          size: 5,
          sha256: "9372c470eeadd5ecd9c3c74c2b3cb633f8e2f2fad799250a0f70d652b6b825e4",
        },
      ]);
      expect(run.peaks.processes).toBe(1);
      expect(run.peaks.memoryBytes).toBeGreaterThan(1024 * 1024);
      expect(run.missing).toEqual([]);
    },
  },
  {
    name: "a handler that saves and ends with 143",
    ...python(SAVING_PYTHON.replace("sys.exit(0)", "sys.exit(143)")),
    options: READY,
    findings: [],
    evidence: stoppedWith(143),
  },
  {
    name: "a handler that saves and ends with 1: the job is stopped, not failed",
    ...python(SAVING_PYTHON.replace("sys.exit(0)", "sys.exit(1)")),
    options: READY,
    findings: [],
    evidence: stoppedWith(1),
  },
  {
    name: "no handler",
    ...python('import time\nprint("ready")\nwhile True: time.sleep(60)\n'),
    options: READY,
    findings: ["TL502 noHandler"],
    says: [/PID 1 \(`python3 -u \/opt\/train.py train`\) .* since Python handles SIGTERM only where/],
    evidence: (run) => {
      killedWith137(run);
      expect(run.readiness?.by).toBe("log");
      expect(termCaught(run)).toBe(false);
    },
  },
  {
    name: "no handler, and nothing to be ready by",
    ...python("import time\nprint(1)\nwhile True: time.sleep(60)\n"),
    options: { runFor: 3 },
    findings: ["TL502 noHandler"],
    evidence: (run) => {
      killedWith137(run);
      expect(run.readiness?.by).toBe("run-for");
      expect(run.events.find(({ name }) => name === "sigterm")?.at).toBeGreaterThan(3);
    },
  },
  {
    name: "only `finally`, atexit and KeyboardInterrupt",
    ...python(
      `import atexit, time
def save(): open("/opt/ml/model/model.bin", "w").write("model")
atexit.register(save)
try:
    print("ready")
    time.sleep(600)
except KeyboardInterrupt: save()
finally: save()
`,
    ),
    options: READY,
    findings: ["TL502 noHandler"],
    evidence: (run) => {
      killedWith137(run);
      expect(run.filesAtEnd).toEqual([]);
    },
  },
  {
    name: "a handler that hangs",
    ...python(SAVING_PYTHON.replace("    sys.exit(0)", "    while True: time.sleep(60)")),
    options: READY,
    findings: ["TL502 handlerDidNotEnd"],
    evidence: (run) => {
      killedWith137(run);
      expect(termCaught(run)).toBe(true);
    },
  },
  {
    name: "a handler that sets a flag nobody reads",
    ...python(
      `import signal, time
stop = False
def note(*_):
    global stop
    stop = True
signal.signal(signal.SIGTERM, note)
print("ready")
while True: time.sleep(1)
`,
    ),
    options: READY,
    findings: ["TL502 handlerDidNotEnd"],
    evidence: killedWith137,
  },
  {
    name: "a flag that the loop reads after each step",
    ...python(
      `import signal, time
stop = False
def note(*_):
    global stop
    stop = True
signal.signal(signal.SIGTERM, note)
while not stop:
    time.sleep(0.3)
    print("step")
open("/opt/ml/model/model.bin", "w").write("model")
`,
    ),
    findings: [],
    evidence: stoppedWith(0),
  },
  {
    name: "a handler that takes 3 s, with a grace of 2 s",
    ...python(slowly(3)),
    options: { ...READY, graceSeconds: 2 },
    findings: ["TL502 handlerDidNotEnd"],
    evidence: killedWith137,
  },
  {
    name: "a handler that takes 3 s, with a grace of 10 s",
    ...python(slowly(3)),
    options: { ...READY, graceSeconds: 10 },
    findings: [],
    evidence: (run) => {
      stoppedWith(0)(run);
      expect(run.stop?.seconds).toBeGreaterThan(2.5);
    },
  },
  {
    name: "a stop that takes nearly all of the grace",
    ...python(slowly(3.6)),
    options: { ...READY, graceSeconds: 4.2 },
    findings: ["TL504 late"],
    evidence: stoppedWith(0),
  },
  {
    name: "STOPSIGNAL SIGINT: SageMaker sends SIGTERM all the same",
    base: "python",
    dockerfile: [
      "STOPSIGNAL SIGINT",
      "COPY train.py /opt/train.py",
      'ENTRYPOINT ["python3", "-u", "/opt/train.py"]',
    ],
    files: {
      "train.py": 'import time\nprint("ready")\ntry: time.sleep(600)\nexcept KeyboardInterrupt: pass\n',
    },
    options: READY,
    findings: ["TL502 noHandler"],
    evidence: (run) => {
      killedWith137(run);
      expect(run.stopSignal).toBe("SIGINT");
    },
  },
  {
    name: "ignores SIGTERM but exits on SIGINT",
    ...train(`#!/bin/sh\ntrap '' TERM\ntrap 'exit 0' INT\necho ready\n${FOREVER}\n`),
    options: READY,
    findings: ["TL502 ignored"],
    evidence: (run) => {
      killedWith137(run);
      expect(hasSignal(pid1(run)?.masks?.ignored ?? "", 15)).toBe(true);
    },
  },
  {
    name: "`sleep` as PID 1",
    base: "busybox",
    dockerfile: ['ENTRYPOINT ["sleep"]'],
    options: { stopAfter: 1, containerArguments: ["600"] },
    findings: ["TL502 noHandler"],
    evidence: killedWith137,
  },
  {
    name: "a model that was saved before, and not on SIGTERM",
    ...train(`#!/bin/sh\n${SAVE}\ntrap 'exit 0' TERM\necho ready\n${FOREVER}\n`),
    options: READY,
    findings: ["TL503 nothingNew"],
    evidence: (run) => {
      stoppedWith(0)(run);
      expect(run.filesBeforeStop).toHaveLength(1);
      expect(run.filesAtEnd).toEqual(run.filesBeforeStop);
    },
  },
  {
    name: "a model that is saved all the time, and not on SIGTERM",
    ...python(
      `import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
step = 0
while True:
    step += 1
    open("/opt/ml/model/model.bin", "w").write(f"step {step}")
    if step == 3: print("ready")
    time.sleep(0.2 if step < 3 else 3)
`,
    ),
    options: READY,
    findings: ["TL503 nothingNew"],
    evidence: stoppedWith(0),
  },
  {
    name: "a model that is saved again on SIGTERM, with the same bytes",
    ...train(`#!/bin/sh\n${SAVE}\ntrap '${SAVE}; exit 0' TERM\necho ready\n${FOREVER}\n`),
    options: READY,
    findings: [],
    evidence: (run) => {
      stoppedWith(0)(run);
      expect(run.filesAtEnd[0]?.sha256).toBe(run.filesBeforeStop[0]?.sha256);
      expect(run.filesAtEnd[0]?.modified).toBeGreaterThan(run.filesBeforeStop[0]?.modified ?? Infinity);
    },
  },
  {
    name: "an older checkpoint that is moved to where the model belongs, with its time",
    ...python(
      `open("/tmp/checkpoint", "w").write("older")\nimport shutil\n${SAVING_PYTHON.replace(
        'open("/opt/ml/model/model.bin", "w").write("model")',
        'shutil.move("/tmp/checkpoint", "/opt/ml/model/model.bin")',
      )}`,
    ),
    findings: [],
    evidence: (run) => {
      stoppedWith(0)(run);
      expect(run.filesAtEnd[0]?.modified).toBeLessThan(timeOf(run, "ready") ?? 0);
    },
  },
  {
    name: "a checkpoint that gets the model's name as a hard link",
    ...python(
      `open("/opt/ml/model/epoch-1", "w").write("older")\nimport os\n${SAVING_PYTHON.replace(
        'open("/opt/ml/model/model.bin", "w").write("model")',
        'os.link("/opt/ml/model/epoch-1", "/opt/ml/model/model.bin")',
      )}`,
    ),
    findings: [],
    evidence: (run) => {
      stoppedWith(0)(run);
      expect(run.filesAtEnd.map(({ path, size }) => [path, size])).toEqual([
        ["/opt/ml/model/epoch-1", 5],
        ["/opt/ml/model/model.bin", 5],
      ]);
    },
  },
  {
    name: "a checkpoint in place of a model",
    ...train(
      `#!/bin/sh\ntrap 'echo state > /opt/ml/checkpoints/last; exit 0' TERM\necho ready\n${FOREVER}\n`,
    ),
    options: READY,
    findings: [],
    evidence: (run) => {
      stoppedWith(0)(run);
      expect(run.filesAtEnd.map(({ path }) => path)).toEqual(["/opt/ml/checkpoints/last"]);
    },
  },
  {
    name: "a checkpoint in the folder that the request names",
    ...train(`#!/bin/sh\ntrap 'echo state > /data/ckpt/last; exit 0' TERM\necho ready\n${FOREVER}\n`),
    options: { ...READY, checkpointPath: "/data/ckpt" },
    findings: [],
    evidence: (run) => {
      stoppedWith(0)(run);
      expect(run.filesAtEnd.map(({ path }) => path)).toEqual(["/data/ckpt/last"]);
    },
  },
  {
    name: "a handler that only exits",
    ...train(`#!/bin/sh\ntrap 'exit 0' TERM\necho ready\n${FOREVER}\n`),
    options: READY,
    findings: ["TL503 nothingSaved"],
    evidence: stoppedWith(0),
  },
  {
    name: "a handler whose user may not write the model",
    ...train(`#!/bin/sh\ntrap '${SAVE}; exit 0' TERM\necho ready\n${FOREVER}\n`, "USER 1000:1000"),
    options: READY,
    findings: ["TL503 notAllowed"],
    evidence: (run) => {
      stoppedWith(0)(run);
      expect(run.user).toBe("1000:1000");
      expect(run.filesAtEnd).toEqual([]);
    },
  },
];
