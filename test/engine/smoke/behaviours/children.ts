import { expect } from "vitest";
import type { Transcript } from "../../../../src/core/run/transcript.ts";
import {
  type Behaviour,
  FOREVER,
  killedWith137,
  pid1,
  processOf,
  python,
  READY,
  SAVING_PYTHON,
  slowly,
  stoppedWith,
  train,
  WORKER,
  withWorker,
} from "./behaviour.ts";

/** The worker of these images was gone before PID 1 began to end, or its end was too fast for anybody to see. */
function endedFirst(run: Transcript): void {
  const worker = run.processEnds.find(({ command }) => command.join(" ").includes("worker.py"));
  expect(worker?.ended).not.toBe("with-pid-1");
}

function diedWithPid1(run: Transcript): void {
  const worker = run.processEnds.find(({ command }) => command.join(" ").includes("worker.py"));
  expect(worker?.ended).not.toBe("first");
}

const FORWARDING = `trap 'kill -TERM "$pid"' TERM\npython3 /opt/worker.py &\npid=$!\nwait "$pid"\nwait "$pid"\n`;

/** A parent in Python with a worker, and what it does on SIGTERM. */
function parent(handler: string, worker = WORKER): Pick<Behaviour, "base" | "dockerfile" | "files"> {
  const program = `
import signal, subprocess, sys, time
def stop(*_):
${handler
  .split("\n")
  .map((line) => `    ${line}`)
  .join("\n")}
signal.signal(signal.SIGTERM, stop)
worker = subprocess.Popen(["python3", "/opt/worker.py"])
while True: time.sleep(60)
`;
  const image = python(program);
  return {
    ...image,
    dockerfile: ["COPY worker.py /opt/worker.py", ...image.dockerfile],
    files: { ...image.files, "worker.py": worker },
  };
}

const SAVE_MODEL = 'open("/opt/ml/model/model.bin", "w").write("model")';

/** Shells and parents: who passes SIGTERM on, and who waits. */
export const CHILDREN: readonly Behaviour[] = [
  {
    name: "shell form under dash",
    base: "python",
    dockerfile: ["COPY train.py /opt/train.py", "ENTRYPOINT python3 -u /opt/train.py"],
    files: { "train.py": SAVING_PYTHON },
    options: READY,
    findings: ["TL502 noHandler"],
    says: [/a shell that runs a command does not handle SIGTERM.* `python3 -u \/opt\/train.py`/],
    evidence: (run) => {
      killedWith137(run);
      expect(pid1(run)?.command[0]).toBe("/bin/sh");
      expect(run.processesBeforeStop).toHaveLength(2);
    },
  },
  {
    name: "shell form under bash, which becomes its last command",
    base: "python",
    dockerfile: [
      "COPY train.py /opt/train.py",
      'SHELL ["/bin/bash", "-c"]',
      "ENTRYPOINT python3 -u /opt/train.py",
    ],
    files: { "train.py": SAVING_PYTHON },
    findings: [],
    evidence: (run) => {
      stoppedWith(0)(run);
      expect(pid1(run)?.command[0]).toBe("python3");
    },
  },
  {
    name: "a script without exec",
    ...withWorker("#!/bin/bash\npython3 /opt/worker.py\necho done\n"),
    options: READY,
    findings: ["TL502 noHandler"],
    says: [/nothing passed it on to `python3 \/opt\/worker.py`/],
    evidence: (run) => {
      killedWith137(run);
      expect(run.processesBeforeStop.map((process) => process.parent)).toEqual([0, 1]);
    },
  },
  {
    name: "a script with exec",
    ...withWorker("#!/bin/bash\nexec python3 /opt/worker.py\n"),
    findings: [],
    evidence: stoppedWith(0),
  },
  {
    name: "a pipeline in front of tee",
    ...withWorker("#!/bin/bash\npython3 /opt/worker.py | tee /tmp/log\n"),
    options: READY,
    findings: ["TL502 noHandler"],
    evidence: killedWith137,
  },
  {
    name: "a trap that the shell runs only when the program in front has ended",
    ...withWorker("#!/bin/bash\ntrap 'exit 0' TERM\npython3 /opt/worker.py\n"),
    options: READY,
    findings: ["TL502 trapWaits"],
    evidence: killedWith137,
  },
  {
    name: "`timeout`, which passes the signal on",
    ...withWorker("#!/bin/bash\nexec timeout 600 python3 /opt/worker.py\n"),
    options: READY,
    findings: [],
    evidence: (run) => {
      expect(run.stop?.killed).toBe(false);
      expect(run.filesAtEnd).toHaveLength(1);
    },
  },
  ...(["bash", "dash"] as const).flatMap((shell): Behaviour[] => [
    {
      name: `trap and wait in ${shell}, which passes the signal on`,
      ...withWorker(`#!/bin/${shell}\n${FORWARDING}`),
      options: READY,
      findings: [],
      evidence: (run) => {
        stoppedWith(0)(run);
        endedFirst(run);
        expect(run.filesAtEnd.map((file) => file.path)).toEqual(["/opt/ml/model/worker.bin"]);
      },
    },
    {
      name: `trap and wait in ${shell}, with a worker that takes its time`,
      ...withWorker(`#!/bin/${shell}\n${FORWARDING}`, slowly(1.2, WORKER)),
      options: { ...READY, graceSeconds: 6 },
      findings: [],
      evidence: (run) => {
        stoppedWith(0)(run);
        endedFirst(run);
        expect(run.stop?.seconds).toBeGreaterThan(1);
      },
    },
    {
      name: `trap and wait in ${shell}, with a worker that has no handler`,
      ...withWorker(
        `#!/bin/${shell}\n${FORWARDING}`,
        'import time\nprint("ready", flush=True)\ntime.sleep(600)\n',
      ),
      options: READY,
      findings: ["TL503 nothingSaved"],
      evidence: (run) => {
        stoppedWith(143)(run);
        endedFirst(run);
      },
    },
    {
      name: `a script in ${shell} whose trap forgets the worker`,
      ...withWorker(`#!/bin/${shell}\ntrap 'exit 0' TERM\npython3 /opt/worker.py &\nwait\n`),
      options: READY,
      findings: ["TL503 nothingSaved", "TL506 diedWithPid1"],
      evidence: (run) => {
        stoppedWith(0)(run);
        diedWithPid1(run);
      },
    },
  ]),
  {
    name: "a parent that passes the signal on and waits",
    ...parent("worker.terminate()\nsys.exit(worker.wait())"),
    findings: [],
    evidence: (run) => {
      stoppedWith(0)(run);
      endedFirst(run);
      expect(run.filesAtEnd.map((file) => file.path)).toEqual(["/opt/ml/model/worker.bin"]);
    },
  },
  {
    name: "a parent that gives its worker 30 s, as torchrun does",
    ...parent(
      "worker.terminate()\ntry: worker.wait(30)\nexcept subprocess.TimeoutExpired: worker.kill()\nsys.exit(1)",
      slowly(2, WORKER),
    ),
    options: { ...READY, graceSeconds: 10 },
    findings: [],
    evidence: (run) => {
      stoppedWith(1)(run);
      endedFirst(run);
      expect(run.stop?.seconds).toBeGreaterThan(1.8);
    },
  },
  {
    name: "a parent that kills its worker before it has saved",
    ...parent(
      "worker.terminate()\ntry: worker.wait(0.3)\nexcept subprocess.TimeoutExpired: worker.kill(); worker.wait()\nsys.exit(1)",
      slowly(2, WORKER),
    ),
    options: READY,
    findings: ["TL503 nothingSaved"],
    evidence: (run) => {
      stoppedWith(1)(run);
      endedFirst(run);
    },
  },
  {
    name: "a parent that saves and ends while its worker goes on",
    ...parent(`${SAVE_MODEL}\ntime.sleep(0.5)\nsys.exit(0)`),
    options: READY,
    findings: ["TL506 diedWithPid1"],
    evidence: (run) => {
      stoppedWith(0)(run);
      expect(run.filesAtEnd.map((file) => file.path)).toEqual(["/opt/ml/model/model.bin"]);
    },
  },
  {
    name: "a parent that saves and ends at once while its worker goes on",
    ...parent(`${SAVE_MODEL}\nsys.exit(0)`),
    options: READY,
    findings: ["TL506 diedWithPid1"],
    evidence: (run) => {
      stoppedWith(0)(run);
      expect(run.filesAtEnd.map((file) => file.path)).toEqual(["/opt/ml/model/model.bin"]);
    },
  },
  {
    name: "a parent that ends without saving while its worker goes on",
    ...parent("sys.exit(0)"),
    findings: ["TL503 nothingSaved", "TL506 diedWithPid1"],
    evidence: (run) => {
      stoppedWith(0)(run);
      diedWithPid1(run);
    },
  },
  {
    name: "a parent that waits for its multiprocessing workers for ever",
    ...python(
      `import multiprocessing, signal, sys, time
def work():
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    time.sleep(600)
if __name__ == "__main__":
    worker = multiprocessing.get_context("fork").Process(target=work)
    worker.start()
    def stop(*_):
        ${SAVE_MODEL}
        sys.exit(0)
    signal.signal(signal.SIGTERM, stop)
    print("ready")
    while True: time.sleep(60)
`,
    ),
    options: READY,
    findings: ["TL502 handlerDidNotEnd"],
    says: [/still running: `python3 -u \/opt\/train.py train`/],
    evidence: killedWith137,
  },
  {
    name: "a parent without a handler, and a worker with one",
    ...python('import subprocess\nsubprocess.call(["python3", "/opt/worker.py"])\n'),
    dockerfile: [
      "COPY worker.py /opt/worker.py",
      "COPY train.py /opt/train.py",
      'ENTRYPOINT ["python3", "/opt/train.py"]',
    ],
    files: {
      "worker.py": WORKER,
      "train.py": 'import subprocess\nsubprocess.call(["python3", "/opt/worker.py"])\n',
    },
    options: READY,
    findings: ["TL502 noHandler"],
    says: [/nothing passed it on to `python3 \/opt\/worker.py`/],
    evidence: (run) => {
      killedWith137(run);
      expect(processOf(run, /worker/)?.parent).toBe(1);
    },
  },
  {
    name: "the training toolkit's `train`, by a stand-in of its shape",
    base: "python",
    dockerfile: [
      "COPY train /usr/local/bin/train",
      "COPY worker.py /opt/ml/code/worker.py",
      "COPY cli.py /usr/lib/python3/dist-packages/sagemaker_training/cli/train.py",
    ],
    files: {
      train: "#!/usr/bin/python3\nfrom sagemaker_training.cli.train import main\nmain()\n",
      "cli.py":
        'import subprocess, sys\ndef main():\n    sys.exit(subprocess.Popen(["/usr/bin/python3", "/opt/ml/code/worker.py"]).wait())\n',
      "worker.py": WORKER,
    },
    options: READY,
    findings: ["TL502 noHandler"],
    says: [/the SageMaker training toolkit's `train` does not pass SIGTERM on to your script/],
    evidence: (run) => {
      killedWith137(run);
      expect(run.program?.text).toMatch(/sagemaker_training/);
    },
  },
  {
    name: "a double fork, whose daemon dies with PID 1",
    ...train(
      `#!/bin/sh\n(setsid sh -c 'while :; do usleep 100000; done' &)\ntrap 'exit 0' TERM\necho ready\n${FOREVER}\n`,
    ),
    options: READY,
    findings: ["TL503 nothingSaved", "TL506 diedWithPid1"],
    evidence: stoppedWith(0),
  },
  {
    name: "a helper that ignores SIGTERM, as multiprocessing's resource tracker does",
    ...python(
      `import signal, sys, time, multiprocessing.shared_memory as shared
memory = shared.SharedMemory(create=True, size=64)
def stop(*_):
    ${SAVE_MODEL}
    import os; os._exit(0)
signal.signal(signal.SIGTERM, stop)
while True: time.sleep(60)
`,
    ),
    findings: [],
    evidence: (run) => {
      stoppedWith(0)(run);
      expect(processOf(run, /resource_tracker/)?.parent).toBe(1);
    },
  },
];
