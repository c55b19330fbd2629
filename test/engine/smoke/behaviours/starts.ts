import { expect } from "vitest";
import {
  type Behaviour,
  endedWith,
  killedWith137,
  python,
  READY,
  refusedBecause,
  SAVE,
  SAVING_PYTHON,
  SIGTERM_RULES,
  stoppedWith,
  train,
  withWorker,
} from "./behaviour.ts";

/** A file of mode 644 without a RUN, which would need the engine's network. */
const NOT_EXECUTABLE = "COPY --from=trainlint-test/python:bookworm /etc/passwd";

/** What keeps a container from starting, or ends it at once. */
export const STARTS: readonly Behaviour[] = [
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
    name: "an entrypoint that is not there",
    base: "busybox",
    dockerfile: ['ENTRYPOINT ["/opt/program/start.sh"]'],
    findings: ["TL501 notFound"],
    skipped: SIGTERM_RULES,
    evidence: (run) => {
      expect(run.exit).toBeNull();
      expect(run.program).toMatchObject({ path: "/opt/program/start.sh", exists: false });
    },
  },
  {
    name: "`train` that is not executable",
    base: "busybox",
    dockerfile: [`${NOT_EXECUTABLE} /usr/bin/train`],
    findings: ["TL501 notExecutable"],
    evidence: (run) => {
      expect(run.exit).toBeNull();
      expect(run.program).toMatchObject({ path: "/usr/bin/train", executable: false });
    },
  },
  {
    name: "an entrypoint that is not executable",
    base: "busybox",
    dockerfile: [`${NOT_EXECUTABLE} /opt/start.sh`, 'ENTRYPOINT ["/opt/start.sh"]'],
    findings: ["TL501 notExecutable"],
    evidence: refusedBecause(/permission denied/),
  },
  {
    name: "a program that only root may execute, and a USER",
    base: "python",
    dockerfile: ["COPY train /root/train", "USER 1000:1000", 'ENTRYPOINT ["/root/train"]'],
    files: { train: "#!/bin/sh\nexit 0\n" },
    findings: ["TL501 notAllowed"],
    evidence: (run) => {
      refusedBecause(/permission denied/)(run);
      expect(run.program?.executable).toBe(true);
    },
  },
  {
    name: "a USER that the image does not have",
    base: "busybox",
    dockerfile: ["USER trainer", 'ENTRYPOINT ["sh"]'],
    findings: ["TL501 refused"],
    says: [/unable to find user trainer/],
    evidence: refusedBecause(/unable to find user trainer/),
  },
  {
    name: "`train` with CRLF",
    ...train("#!/bin/sh\r\necho hi\r\n"),
    findings: ["TL501 crlf"],
    evidence: (run) => {
      refusedBecause(/no such file or directory/)(run);
      expect(run.program?.shebang).toBe("/bin/sh\r");
    },
  },
  {
    name: "CRLF behind `/usr/bin/env`",
    base: "python",
    dockerfile: ["COPY train /usr/bin/train"],
    files: { train: "#!/usr/bin/env python3\r\nprint(1)\r\n" },
    findings: ["TL501 crlf", "TL505 missing"],
    evidence: endedWith(127),
  },
  {
    name: "`train` without a shebang",
    ...train("echo hi\n"),
    findings: ["TL501 noShebang"],
    evidence: (run) => {
      refusedBecause(/exec format error/)(run);
      expect(run.program?.kind).toBe("text");
    },
  },
  {
    name: "a byte-order mark before the shebang",
    ...train("\ufeff#!/bin/sh\necho hi\n"),
    findings: ["TL501 noShebang"],
    evidence: refusedBecause(/exec format error/),
  },
  {
    name: "`train` whose interpreter is not there",
    ...train("#!/usr/bin/python3\n"),
    findings: ["TL501 interpreterMissing"],
    evidence: (run) => {
      expect(run.program?.interpreter).toMatchObject({ path: "/usr/bin/python3", exists: false });
    },
  },
  {
    name: "`train` of another architecture",
    base: "busybox",
    dockerfile: ["COPY train /usr/bin/train"],
    files: { train: elfProgram(183) },
    findings: ["TL501 wrongArchitecture"],
    evidence: (run) => {
      refusedBecause(/exec format error/)(run);
      expect(run.program?.machine).toBe("arm64");
    },
  },
  {
    name: "ends at once with 0",
    ...train("#!/bin/sh\nexit 0\n"),
    findings: [],
    skipped: SIGTERM_RULES,
    evidence: endedWith(0),
  },
  {
    name: "ends by itself after a while with 0",
    ...train("#!/bin/sh\nsleep 1\necho done\n"),
    findings: [],
    skipped: SIGTERM_RULES,
    evidence: (run) => {
      endedWith(0)(run);
      expect(run.stdout.tail).toEqual(["done"]);
      expect(run.processesBeforeStop).not.toEqual([]);
    },
  },
  {
    name: "ends at once with 1",
    ...train("#!/bin/sh\necho wrong >&2\nexit 1\n"),
    findings: ["TL501 exited", "TL505 missing"],
    skipped: SIGTERM_RULES,
    evidence: (run) => {
      endedWith(1)(run);
      expect(run.stderr.tail).toEqual(["wrong"]);
    },
  },
  {
    name: "ends after a while with 1",
    ...train("#!/bin/sh\nsleep 1\nexit 1\n"),
    findings: ["TL501 exited", "TL505 missing"],
    skipped: SIGTERM_RULES,
    evidence: endedWith(1),
  },
  {
    name: "refuses the argument `train`",
    ...python("import argparse\nargparse.ArgumentParser().parse_args()\n"),
    findings: ["TL501 trainRefused", "TL505 missing"],
    evidence: endedWith(2),
  },
  {
    name: "an interpreter alone takes `train` for its script",
    base: "python",
    dockerfile: ['ENTRYPOINT ["python3"]'],
    findings: ["TL501 trainRefused", "TL505 missing"],
    evidence: endedWith(2),
  },
  {
    name: "needs a channel that was not given",
    ...python('open("/opt/ml/input/data/training/x.csv")\n'),
    findings: ["TL501 channelMissing", "TL505 missing"],
    says: [/the input channel "training"/],
    evidence: endedWith(1),
  },
  {
    name: "writes a failure file",
    ...train("#!/bin/sh\nprintf 'no data: %02000d' 7 > /opt/ml/output/failure\nexit 3\n"),
    findings: ["TL501 exited"],
    evidence: (run) => {
      endedWith(3)(run);
      expect(run.failure).toHaveLength(1024);
      expect(run.failure).toMatch(/^no data: 0+$/);
    },
  },
  {
    name: "a non-root user who may not write the model",
    ...train(`#!/bin/sh\n${SAVE} || exit 4\n`, "USER 1000:1000"),
    findings: ["TL501 optMlPermission", "TL505 missing"],
    says: [/it runs as 1000:1000/],
    evidence: endedWith(4),
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
    name: "is killed by a process of its own",
    ...train("#!/bin/sh\n(sleep 0.3; exit 137) &\nwait $!\n"),
    findings: ["TL501 killed", "TL505 missing"],
    evidence: endedWith(137),
  },
  {
    name: "fills its memory in a child, and ends with 0",
    base: "python",
    dockerfile: ["COPY train /usr/bin/train"],
    files: {
      train: `#!/bin/bash\npython3 -c 'x = []\nwhile True: x.append("x" * 1000000)'\necho saved\n`,
    },
    options: { memoryBytes: 48 * 1024 * 1024, runFor: 60 },
    findings: ["TL508 programKilled"],
    evidence: (run) => {
      endedWith(0)(run);
      expect(run.exit?.oomKilled).toBe(true);
    },
  },
  {
    name: "a script that goes on after its program was not found",
    ...train("#!/bin/sh\npython3 /opt/train.py\nexit 0\n"),
    findings: ["TL508 programFailed"],
    evidence: endedWith(0),
  },
  {
    name: "starts its program in the background and ends",
    ...train("#!/bin/sh\nsleep 600 &\necho started\n"),
    findings: [],
    skipped: SIGTERM_RULES,
    evidence: endedWith(0),
  },
  {
    name: "starts a worker in the background and ends, as a script that daemonizes does",
    ...withWorker("#!/bin/bash\npython3 /opt/worker.py &\necho started\n"),
    findings: ["TL508 leftBehind"],
    skipped: SIGTERM_RULES,
    evidence: endedWith(0),
  },
  {
    name: "setsid, which forks where it is PID 1",
    ...python(SAVING_PYTHON),
    options: { containerEntrypoint: ["setsid", "python3", "/opt/train.py"] },
    findings: ["TL508 leftBehind"],
    skipped: SIGTERM_RULES,
    evidence: endedWith(0),
  },
  {
    name: "setsid that waits, and passes no signal on",
    ...python(SAVING_PYTHON),
    options: {
      ...READY,
      graceSeconds: 2,
      containerEntrypoint: ["setsid", "-w", "python3", "-u", "/opt/train.py"],
    },
    findings: ["TL502 noHandler"],
    evidence: killedWith137,
  },
  {
    name: "a pipeline that hides that its program failed",
    ...withWorker("#!/bin/bash\npython3 /opt/worker.py 2>&1 | tee /tmp/log\n", 'raise OSError("no data")\n'),
    findings: ["TL508 programFailed"],
    skipped: SIGTERM_RULES,
    evidence: (run) => {
      endedWith(0)(run);
      expect(run.stdout.tail.at(-1)).toBe("OSError: no data");
      expect(run.stderr.bytes).toBe(0);
    },
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
    options: { containerArguments: ["a b", "", "c"] },
    findings: [],
    evidence: (run) => {
      endedWith(0)(run);
      expect(run.stdout.tail).toEqual(["image a b  c"]);
    },
  },
  {
    name: "entrypoint and arguments of the request",
    base: "busybox",
    dockerfile: ['ENTRYPOINT ["/nowhere"]', 'CMD ["image-cmd"]'],
    options: { containerEntrypoint: ["/bin/echo", "-n"], containerArguments: ["a", "$HOME"] },
    findings: [],
    evidence: (run) => {
      endedWith(0)(run);
      expect(run.stdout.tail).toEqual(["a $HOME"]);
    },
  },
  {
    name: "a script that is run by its interpreter needs neither shebang nor permission",
    base: "busybox",
    dockerfile: ["COPY start /opt/start", 'ENTRYPOINT ["sh", "/opt/start"]'],
    files: { start: `trap '${SAVE}; exit 0' TERM\necho ready\nwhile :; do sleep 60 & wait $!; done\n` },
    options: READY,
    findings: [],
    evidence: stoppedWith(0),
  },
];

/** An ELF header of a program for this machine number, padded: enough for the kernel to look at. */
function elfProgram(machine: number): Buffer {
  const header = Buffer.alloc(4096);
  header.write("\x7fELF\x02\x01\x01", 0, "latin1");
  header.writeUInt16LE(2, 16);
  header.writeUInt16LE(machine, 18);
  header.writeUInt32LE(1, 20);
  return header;
}
