import { existsSync, readFileSync } from "node:fs";
import { expect } from "vitest";
import { hasSignal } from "../../../src/core/run/signals.ts";
import type { Transcript } from "../../../src/core/run/transcript.ts";
import type { SmokeOptions } from "../../../src/edges/smoke/options.ts";

/** One way for a container to behave, and what a smoke run has to find and to show. */
export interface Behaviour {
  readonly name: string;
  readonly base: "busybox" | "python";
  /** Lines behind FROM. */
  readonly dockerfile: readonly string[];
  readonly files?: Readonly<Record<string, string | Buffer>>;
  readonly options?: Partial<SmokeOptions>;
  /** `RULE message`, sorted. */
  readonly findings: readonly string[];
  /** Rules that must say that they could not judge. */
  readonly skipped?: readonly string[];
  readonly evidence: (run: Transcript) => void;
}

const SIGTERM_RULES = ["TL502", "TL503", "TL504", "TL506", "TL507"];

/** An init for the images, where this machine has one. */
const TINI = "/usr/bin/tini-static";
export const tini = existsSync(TINI) ? readFileSync(TINI) : null;

const SAVE = "echo model > /opt/ml/model/model.bin";
const READY: Partial<SmokeOptions> = { readyLog: /^ready$/ };

function train(name: string, script: string): Pick<Behaviour, "dockerfile" | "files"> {
  return { dockerfile: [`COPY ${name} /usr/bin/train`], files: { [name]: script } };
}

function python(script: string): Pick<Behaviour, "base" | "dockerfile" | "files"> {
  return {
    base: "python",
    dockerfile: ["COPY train.py /opt/train.py", 'ENTRYPOINT ["python3", "-u", "/opt/train.py"]'],
    files: { "train.py": script },
  };
}

function pid1(run: Transcript) {
  return run.processesBeforeStop.find((process) => process.pid === 1);
}

function termCaught(run: Transcript): boolean {
  return hasSignal(pid1(run)?.masks?.caught ?? "", 15);
}

function killedWith137(run: Transcript): void {
  expect(run.stop?.killed).toBe(true);
  expect(run.exit?.code).toBe(137);
  expect(run.events.map((event) => event.name)).toContain("sigkill");
}

function stoppedWith(code: number): (run: Transcript) => void {
  return (run) => {
    expect(run.stop?.killed).toBe(false);
    expect(run.exit?.code).toBe(code);
    expect(run.events.map((event) => event.name)).not.toContain("sigkill");
  };
}

function endedWith(code: number): (run: Transcript) => void {
  return (run) => {
    expect(run.stop).toBeNull();
    expect(run.exit?.code).toBe(code);
    expect(run.events.map((event) => event.name)).not.toContain("sigterm");
  };
}

/** Some runtimes refuse at the start, others start and print the same words. */
function refusedBecause(pattern: RegExp): (run: Transcript) => void {
  return (run) => {
    expect(run.startError ?? run.stderr.tail.join("\n")).toMatch(pattern);
    expect(run.stop).toBeNull();
  };
}

const SAVING_PYTHON = `
import signal, sys, time
def save(*_):
    open("/opt/ml/model/model.bin", "w").write("model")
    sys.exit(0)
signal.signal(signal.SIGTERM, save)
print("ready")
while True: time.sleep(60)
`;

const SLOW_SAVE = SAVING_PYTHON.replace("    open", "    time.sleep(3)\n    open");

const WORKER = `
import os, signal, sys, time
def save(*_):
    open("/opt/ml/model/worker.bin", "w").write("model")
    sys.exit(0)
signal.signal(signal.SIGTERM, save)
print("ready", flush=True)
while True: time.sleep(60)
`;

const WITH_WORKER = {
  base: "python" as const,
  dockerfile: ["COPY worker.py /opt/worker.py", "COPY train.sh /usr/bin/train"],
};

export const BEHAVIOURS: readonly Behaviour[] = [
  {
    name: "a handler that saves",
    ...python(SAVING_PYTHON),
    findings: [],
    evidence: (run) => {
      stoppedWith(0)(run);
      expect(run.readiness?.by).toBe("signal-masks");
      expect(termCaught(run)).toBe(true);
      expect(run.filesBeforeStop).toEqual([]);
      expect(run.filesAtEnd).toEqual([
        {
          path: "/opt/ml/model/model.bin",
          size: 5,
          sha256: "9372c470eeadd5ecd9c3c74c2b3cb633f8e2f2fad799250a0f70d652b6b825e4",
        },
      ]);
    },
  },
  {
    name: "no handler",
    ...python('import time\nprint("ready")\nwhile True: time.sleep(60)\n'),
    options: READY,
    findings: ["TL502 noHandler"],
    evidence: (run) => {
      killedWith137(run);
      expect(run.readiness?.by).toBe("log");
      expect(termCaught(run)).toBe(false);
    },
  },
  {
    name: "no handler, and nothing to be ready by",
    ...python("import time\nprint(1)\nwhile True: time.sleep(60)\n"),
    findings: ["TL502 noHandler"],
    evidence: (run) => {
      killedWith137(run);
      expect(run.readiness?.by).toBe("run-for");
    },
  },
  {
    name: "a handler that hangs",
    ...python(SAVING_PYTHON.replace("    sys.exit(0)", "    while True: time.sleep(60)")),
    findings: ["TL502 handlerDidNotEnd"],
    evidence: (run) => {
      killedWith137(run);
      expect(termCaught(run)).toBe(true);
    },
  },
  {
    name: "a handler that takes 3 s, with a grace of 2 s",
    ...python(SLOW_SAVE),
    options: { graceSeconds: 2 },
    findings: ["TL502 handlerDidNotEnd"],
    evidence: killedWith137,
  },
  {
    name: "a handler that takes 3 s, with a grace of 10 s",
    ...python(SLOW_SAVE),
    options: { graceSeconds: 10 },
    findings: [],
    evidence: (run) => {
      stoppedWith(0)(run);
      expect(run.stop?.seconds).toBeGreaterThanOrEqual(3);
    },
  },
  {
    name: "shell form under dash",
    base: "python",
    dockerfile: ["COPY train.py /opt/train.py", "ENTRYPOINT python3 -u /opt/train.py"],
    files: { "train.py": SAVING_PYTHON },
    options: READY,
    findings: ["TL502 noHandler"],
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
    ...WITH_WORKER,
    files: { "worker.py": WORKER, "train.sh": "#!/bin/bash\npython3 /opt/worker.py\necho done\n" },
    options: READY,
    findings: ["TL502 noHandler"],
    evidence: (run) => {
      killedWith137(run);
      expect(run.processesBeforeStop.map((process) => process.parent)).toEqual([0, 1]);
    },
  },
  {
    name: "a script with exec",
    ...WITH_WORKER,
    files: { "worker.py": WORKER, "train.sh": "#!/bin/bash\nexec python3 /opt/worker.py\n" },
    findings: [],
    evidence: stoppedWith(0),
  },
  {
    name: "a script with trap and wait, that passes the signal on",
    ...WITH_WORKER,
    files: {
      "worker.py": WORKER,
      "train.sh":
        '#!/bin/bash\npython3 /opt/worker.py &\npid=$!\ntrap \'kill -TERM "$pid"\' TERM\nwait "$pid"\nwait "$pid"\n',
    },
    options: READY,
    findings: [],
    evidence: (run) => {
      stoppedWith(0)(run);
      expect(run.filesAtEnd.map((file) => file.path)).toEqual(["/opt/ml/model/worker.bin"]);
    },
  },
  {
    name: "a script whose trap forgets the worker",
    ...WITH_WORKER,
    files: {
      "worker.py": WORKER,
      "train.sh": "#!/bin/bash\ntrap 'exit 0' TERM\npython3 /opt/worker.py &\nwait\n",
    },
    options: READY,
    findings: ["TL503 nothingSaved", "TL506 diedWithPid1"],
    evidence: (run) => {
      stoppedWith(0)(run);
      expect(run.processEnds.map((end) => end.ended)).toEqual(["with-pid-1", "with-pid-1"]);
    },
  },
  {
    name: "a parent that saves and ends while its worker goes on",
    base: "python",
    dockerfile: [
      "COPY worker.py /opt/worker.py",
      "COPY train.py /opt/train.py",
      'ENTRYPOINT ["python3", "-u", "/opt/train.py"]',
    ],
    files: {
      "worker.py": WORKER,
      "train.py": SAVING_PYTHON.replace(
        'print("ready")',
        'import subprocess; subprocess.Popen(["python3", "/opt/worker.py"])',
      ).replace("    sys.exit(0)", "    time.sleep(0.6)\n    sys.exit(0)"),
    },
    options: READY,
    findings: ["TL506 diedWithPid1"],
    evidence: (run) => {
      stoppedWith(0)(run);
      expect(run.filesAtEnd.map((file) => file.path)).toEqual(["/opt/ml/model/model.bin"]);
    },
  },
  ...(tini === null ? [] : initBehaviours(tini)),
  {
    name: "no `train`",
    base: "busybox",
    dockerfile: ["ENV X=1"],
    findings: ["TL501 notFound"],
    skipped: SIGTERM_RULES,
    evidence: (run) => {
      refusedBecause(/executable file not found/)(run);
      expect(run.program?.exists).toBe(false);
    },
  },
  {
    name: "`train` that is not executable",
    base: "busybox",
    // A file of mode 644 without a RUN, which would need the engine's network.
    dockerfile: ["COPY --from=trainlint-test/python:bookworm /etc/passwd /usr/bin/train"],
    findings: ["TL501 notExecutable"],
    skipped: SIGTERM_RULES,
    evidence: (run) => {
      expect(run.exit).toBeNull();
      expect(run.program).toMatchObject({ path: "/usr/bin/train", executable: false });
    },
  },
  {
    name: "`train` with CRLF",
    base: "busybox",
    ...train("train", "#!/bin/sh\r\necho hi\r\n"),
    findings: ["TL501 crlf"],
    evidence: (run) => {
      refusedBecause(/no such file or directory/)(run);
      expect(run.program?.shebang).toBe("/bin/sh\r");
    },
  },
  {
    name: "`train` without a shebang",
    base: "busybox",
    ...train("train", "echo hi\n"),
    findings: ["TL501 noShebang"],
    evidence: (run) => {
      refusedBecause(/exec format error/)(run);
      expect(run.program?.kind).toBe("text");
    },
  },
  {
    name: "`train` whose interpreter is not there",
    base: "busybox",
    ...train("train", "#!/usr/bin/python3\n"),
    findings: ["TL501 interpreterMissing"],
    evidence: (run) => {
      expect(run.program?.interpreter).toEqual({ path: "/usr/bin/python3", exists: false });
    },
  },
  {
    name: "`train` of another architecture",
    base: "busybox",
    dockerfile: ["COPY train /usr/bin/train"],
    files: { train: armProgram() },
    findings: ["TL501 wrongArchitecture"],
    evidence: (run) => {
      refusedBecause(/exec format error/)(run);
      expect(run.program?.machine).toBe("arm64");
    },
  },
  {
    name: "ends at once with 0",
    base: "busybox",
    ...train("train", "#!/bin/sh\nexit 0\n"),
    findings: [],
    skipped: SIGTERM_RULES,
    evidence: endedWith(0),
  },
  {
    name: "ends at once with 1",
    base: "busybox",
    ...train("train", "#!/bin/sh\necho wrong >&2\nexit 1\n"),
    findings: ["TL501 exited", "TL505 missing"],
    skipped: SIGTERM_RULES,
    evidence: (run) => {
      endedWith(1)(run);
      expect(run.stderr.tail).toEqual(["wrong"]);
    },
  },
  {
    name: "refuses the argument `train`",
    ...python("import argparse\nargparse.ArgumentParser().parse_args()\n"),
    findings: ["TL501 trainRefused", "TL505 missing"],
    evidence: endedWith(2),
  },
  {
    name: "writes a failure file",
    base: "busybox",
    ...train("train", "#!/bin/sh\nprintf 'no data: %02000d' 7 > /opt/ml/output/failure\nexit 3\n"),
    findings: ["TL501 exited"],
    evidence: (run) => {
      endedWith(3)(run);
      expect(run.failure).toHaveLength(1024);
      expect(run.failure).toMatch(/^no data: 0+$/);
    },
  },
  {
    name: "a non-root user who may not write the model",
    base: "busybox",
    ...train("train", `#!/bin/sh\n${SAVE} || exit 4\n`),
    dockerfile: ["COPY train /usr/bin/train", "USER 1000:1000"],
    findings: ["TL501 optMlPermission", "TL505 missing"],
    evidence: (run) => {
      endedWith(4)(run);
      expect(run.user).toBe("1000:1000");
    },
  },
  {
    name: "a double fork, whose daemon dies with PID 1",
    base: "busybox",
    ...train(
      "train",
      "#!/bin/sh\n(setsid sh -c 'while :; do :; done' &)\ntrap 'exit 0' TERM\necho ready\nwhile :; do sleep 60 & wait $!; done\n",
    ),
    options: READY,
    findings: ["TL503 nothingSaved", "TL506 diedWithPid1"],
    evidence: stoppedWith(0),
  },
  {
    name: "closes its output and saves",
    base: "busybox",
    ...train(
      "train",
      `#!/bin/sh\nexec >&- 2>&-\ntrap '${SAVE}; exit 0' TERM\nwhile :; do sleep 60 & wait $!; done\n`,
    ),
    findings: [],
    evidence: (run) => {
      stoppedWith(0)(run);
      expect(run.stdout.bytes).toBe(0);
    },
  },
  {
    name: "prints without end",
    base: "busybox",
    ...train("train", "#!/bin/sh\nexec yes 0123456789012345678901234567890123456789\n"),
    options: { stopAfter: 1 },
    findings: ["TL502 noHandler"],
    evidence: (run) => {
      killedWith137(run);
      expect(run.stdout.bytes).toBeGreaterThan(1024 * 1024);
      expect(run.stdout.tail.join("\n").length).toBeLessThanOrEqual(64 * 1024);
    },
  },
  {
    name: "fills its memory",
    ...python('x = []\nwhile True: x.append("x" * 1000000)\n'),
    options: { memoryBytes: 48 * 1024 * 1024, runFor: 60 },
    findings: ["TL501 outOfMemory", "TL505 missing"],
    evidence: (run) => {
      endedWith(137)(run);
      expect(run.exit?.oomKilled).toBe(true);
    },
  },
  {
    name: "STOPSIGNAL SIGINT: SageMaker sends SIGTERM all the same",
    ...python("import time\ntry:\n  time.sleep(600)\nexcept KeyboardInterrupt:\n  pass\n"),
    dockerfile: [
      "STOPSIGNAL SIGINT",
      "COPY train.py /opt/train.py",
      'ENTRYPOINT ["python3", "-u", "/opt/train.py"]',
    ],
    options: { stopAfter: 1 },
    findings: ["TL502 noHandler", "TL507 python"],
    evidence: (run) => {
      killedWith137(run);
      expect(run.stopSignal).toBe("SIGINT");
    },
  },
  {
    name: "ignores SIGTERM but exits on SIGINT",
    base: "busybox",
    ...train(
      "train",
      "#!/bin/sh\ntrap '' TERM\ntrap 'exit 0' INT\necho ready\nwhile :; do sleep 60 & wait $!; done\n",
    ),
    options: READY,
    findings: ["TL502 noHandler"],
    evidence: (run) => {
      killedWith137(run);
      expect(hasSignal(pid1(run)?.masks?.ignored ?? "", 15)).toBe(true);
    },
  },
  {
    name: "output that stays in Python's buffer",
    ...python('import time\nprint("epoch 1")\ntime.sleep(600)\n'),
    dockerfile: ["COPY train.py /opt/train.py", 'ENTRYPOINT ["python3", "/opt/train.py"]'],
    options: { stopAfter: 1 },
    findings: ["TL502 noHandler", "TL507 python"],
    evidence: killedWith137,
  },
  {
    name: "a stop that takes nearly all of the grace",
    ...python(SAVING_PYTHON.replace("    open", "    time.sleep(1.8)\n    open")),
    options: { graceSeconds: 2.2 },
    findings: ["TL504 late"],
    evidence: stoppedWith(0),
  },
  {
    name: "a script that goes on after its program was not found",
    base: "busybox",
    ...train("train", "#!/bin/sh\npython3 /opt/train.py\nexit 0\n"),
    findings: ["TL508 programFailed"],
    evidence: endedWith(0),
  },
  {
    name: "an entrypoint of the request, without arguments",
    base: "busybox",
    dockerfile: ['ENTRYPOINT ["/nowhere"]', 'CMD ["image-cmd"]'],
    options: { containerEntrypoint: ["/bin/sh", "-c", 'echo "$# $0"'] },
    findings: [],
    evidence: (run) => {
      endedWith(0)(run);
      expect(run.stdout.tail).toEqual(["0 /bin/sh"]);
    },
  },
  {
    name: "arguments of the request behind the image's entrypoint",
    base: "busybox",
    dockerfile: ['ENTRYPOINT ["echo", "image"]', 'CMD ["image-cmd"]'],
    options: { containerArguments: ["a b", "c"] },
    findings: [],
    evidence: (run) => {
      endedWith(0)(run);
      expect(run.stdout.tail).toEqual(["image a b c"]);
    },
  },
];

function initBehaviours(binary: Buffer): readonly Behaviour[] {
  const image = (entrypoint: readonly string[], script: string) => ({
    base: "python" as const,
    dockerfile: [
      "COPY tini /usr/bin/tini",
      "COPY train.py /opt/train.py",
      `ENTRYPOINT ${JSON.stringify(entrypoint)}`,
    ],
    files: { tini: binary, "train.py": script },
  });
  return [
    {
      name: "tini with `--` in front of a handler that saves",
      ...image(["tini", "--", "python3", "/opt/train.py"], SAVING_PYTHON),
      findings: [],
      evidence: (run) => {
        stoppedWith(0)(run);
        expect(termCaught(run)).toBe(false);
        expect(run.readiness?.detail).toMatch(/started by the init/);
      },
    },
    {
      name: "tini in front of no handler: ends at once, unsaved",
      ...image(
        ["tini", "--", "python3", "-u", "/opt/train.py"],
        'import time\nprint("ready")\ntime.sleep(600)\n',
      ),
      options: READY,
      findings: ["TL503 nothingSaved"],
      evidence: stoppedWith(143),
    },
    {
      name: "tini without `--` refuses the program's option",
      ...image(["tini", "python3", "-u", "/opt/train.py"], SAVING_PYTHON),
      findings: ["TL501 initOption", "TL505 missing"],
      evidence: endedWith(1),
    },
    {
      name: "tini without `--` prints its own help and ends with 0",
      ...image(["tini", "python3", "/opt/train.py", "-h"], SAVING_PYTHON),
      findings: ["TL508 optionsEaten"],
      evidence: endedWith(0),
    },
    {
      name: "tini alone looks for `train`",
      ...image(["tini", "--"], SAVING_PYTHON),
      findings: ["TL501 notFound", "TL505 missing"],
      evidence: endedWith(127),
    },
  ];
}

/** An ELF header of an arm64 program, padded: enough for the kernel to refuse it. */
function armProgram(): Buffer {
  const header = Buffer.alloc(4096);
  header.write("\x7fELF\x02\x01\x01", 0, "latin1");
  header.writeUInt16LE(2, 16);
  header.writeUInt16LE(183, 18);
  header.writeUInt32LE(1, 20);
  return header;
}
