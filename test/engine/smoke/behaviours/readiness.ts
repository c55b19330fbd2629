import { expect } from "vitest";
import { type Behaviour, python, SAVING_PYTHON, stoppedWith, termCaught, train } from "./behaviour.ts";

/** When SIGTERM is sent: not before the program can handle it. */
export const READINESS: readonly Behaviour[] = [
  {
    name: "a handler that is set up after a slow import",
    ...python(`import time\ntime.sleep(3)\n${SAVING_PYTHON}`),
    findings: [],
    evidence: (run) => {
      stoppedWith(0)(run);
      expect(run.readiness?.by).toBe("signal-masks");
      expect(run.events.find(({ name }) => name === "ready")?.at).toBeGreaterThan(4);
    },
  },
  {
    name: "a handler that needs what is made only later",
    ...python(
      `import signal, sys, time
def save(*_):
    open("/opt/ml/model/model.bin", "w").write(model)
    sys.exit(0)
signal.signal(signal.SIGTERM, save)
time.sleep(1)
model = "model"
while True: time.sleep(60)
`,
    ),
    findings: [],
    evidence: stoppedWith(0),
  },
  {
    name: "a handler that appears only after SIGTERM was sent",
    ...python(`import time\ntime.sleep(3)\n${SAVING_PYTHON}`),
    options: { runFor: 1, graceSeconds: 20 },
    findings: ["TL509 late"],
    evidence: (run) => {
      stoppedWith(0)(run);
      expect(run.readiness?.by).toBe("run-for");
      expect(run.events.filter(({ name }) => name === "sigterm")).toHaveLength(2);
      expect(run.early?.handlerAt).toBeGreaterThan(run.early?.sigtermAt ?? Infinity);
      expect(run.filesAtEnd).toHaveLength(1);
    },
  },
  {
    name: "a worker that is ready long after its parent",
    ...python(
      `import signal, subprocess, sys, time
def forward(*_):
    worker.terminate()
    sys.exit(worker.wait())
signal.signal(signal.SIGTERM, forward)
worker = subprocess.Popen([sys.executable, "-c", '''import time
time.sleep(4)
${SAVING_PYTHON}'''])
while True: time.sleep(60)
`,
    ),
    findings: [],
    evidence: (run) => {
      stoppedWith(0)(run);
      expect(run.readiness?.by).toBe("signal-masks");
      expect(run.filesAtEnd).toHaveLength(1);
    },
  },
  {
    name: "a line of output that the user waits for",
    ...python(SAVING_PYTHON.replace('print("ready")', 'time.sleep(0.5)\nprint("epoch 1 loss 0.5")')),
    options: { readyLog: /^epoch \d+/ },
    findings: [],
    evidence: (run) => {
      stoppedWith(0)(run);
      expect(run.readiness).toEqual({ by: "log", detail: "epoch 1 loss 0.5" });
    },
  },
  {
    name: "a file that the user waits for",
    ...python(
      SAVING_PYTHON.replace('print("ready")', 'open("/opt/ml/checkpoints/epoch-1", "w").write("state")'),
    ),
    options: { readyFile: "checkpoints/epoch-1" },
    findings: [],
    evidence: (run) => {
      stoppedWith(0)(run);
      expect(run.readiness).toEqual({ by: "file", detail: "/opt/ml/checkpoints/epoch-1" });
    },
  },
  {
    name: "a stop after a given time, whatever was seen",
    ...python(SAVING_PYTHON),
    options: { stopAfter: 4 },
    findings: [],
    evidence: (run) => {
      stoppedWith(0)(run);
      expect(run.readiness?.by).toBe("stop-after");
      expect(termCaught(run)).toBe(true);
    },
  },
  {
    name: "no stop at all: the training runs to its end",
    ...python(`${SAVING_PYTHON.replace("while True: time.sleep(60)", "time.sleep(3)\nsave()")}`),
    options: { untilExit: true },
    findings: [],
    skipped: ["TL502", "TL503"],
    evidence: (run) => {
      expect(run.stop).toBeNull();
      expect(run.exit?.code).toBe(0);
      expect(run.readiness).toBeNull();
      expect(run.filesAtEnd).toHaveLength(1);
    },
  },
  {
    name: "a training that runs to its end and leaves its model elsewhere",
    ...train("#!/bin/sh\necho model > /opt/ml/output/data/model.bin\n"),
    options: { untilExit: true },
    findings: ["TL510 empty"],
    evidence: (run) => {
      expect(run.exit?.code).toBe(0);
      expect(run.filesAtEnd.map(({ path }) => path)).toEqual(["/opt/ml/output/data/model.bin"]);
    },
  },
];
