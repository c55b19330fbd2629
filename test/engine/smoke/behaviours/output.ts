import { expect } from "vitest";
import {
  type Behaviour,
  FOREVER,
  killedWith137,
  python,
  READY,
  SAVE,
  SAVING_PYTHON,
  stoppedWith,
  train,
} from "./behaviour.ts";

/** What containers print, and what they do not. */
export const OUTPUT: readonly Behaviour[] = [
  {
    name: "closes its output and saves",
    ...train(`#!/bin/sh\nexec >&- 2>&-\ntrap '${SAVE}; exit 0' TERM\n${FOREVER}\n`),
    findings: [],
    evidence: (run) => {
      stoppedWith(0)(run);
      expect(run.stdout.bytes).toBe(0);
      expect(run.events.map(({ name }) => name)).not.toContain("first-output");
    },
  },
  {
    name: "prints without end",
    ...train("#!/bin/sh\nexec yes 0123456789012345678901234567890123456789\n"),
    options: { stopAfter: 1 },
    findings: ["TL502 noHandler"],
    evidence: (run) => {
      killedWith137(run);
      expect(run.stdout.bytes).toBeGreaterThan(1024 * 1024);
      expect(run.stdout.tail.join("\n").length).toBeLessThanOrEqual(64 * 1024);
    },
  },
  {
    name: "prints without end, and saves on SIGTERM",
    ...train(
      `#!/bin/sh\nyes 0123456789012345678901234567890123456789 &\ntrap '${SAVE}; kill $!; wait; exit 0' TERM\nwait\n`,
    ),
    options: { stopAfter: 1 },
    findings: [],
    evidence: (run) => {
      stoppedWith(0)(run);
      expect(run.filesAtEnd).toHaveLength(1);
    },
  },
  {
    name: "prints one line that does not end",
    ...train("#!/bin/sh\ntr '\\0' 'x' < /dev/zero | head -c 3000000\nexit 0\n"),
    findings: [],
    evidence: (run) => {
      expect(run.stdout.bytes).toBe(3_000_000);
      expect(run.stdout.tail.join("").length).toBeLessThanOrEqual(64 * 1024);
      expect(run.events.map(({ name }) => name)).toContain("first-output");
    },
  },
  {
    name: "prints control characters and what is not text",
    ...train(
      "#!/bin/sh\nprintf '\\033[31mred\\033[0m \\377\\376 \\000 end\\r\\n'\nprintf 'no end of line' >&2\n",
    ),
    findings: [],
    evidence: (run) => {
      expect(run.stdout.tail).toEqual(["\u001b[31mred\u001b[0m \ufffd\ufffd \u0000 end"]);
      expect(run.stderr.tail).toEqual(["no end of line"]);
    },
  },
  {
    name: "output that stays in Python's buffer",
    ...python('import time\nprint("epoch 1")\ntime.sleep(600)\n', "-B"),
    options: { stopAfter: 2 },
    findings: ["TL502 noHandler", "TL507 python"],
    evidence: killedWith137,
  },
  {
    name: "Python that prints nothing, unbuffered",
    ...python("import time\ntime.sleep(600)\n"),
    options: { stopAfter: 2 },
    findings: ["TL502 noHandler"],
    evidence: killedWith137,
  },
  {
    name: "output that Python flushes at its end",
    ...python(SAVING_PYTHON, "-B"),
    findings: [],
    evidence: (run) => {
      stoppedWith(0)(run);
      expect(run.stdout.tail).toEqual(["ready"]);
      expect(run.stdout.bytesAfterStop).toBe(6);
    },
  },
  {
    name: "a shell that prints nothing",
    ...train(`#!/bin/sh\n${FOREVER}\n`),
    options: { stopAfter: 1 },
    findings: ["TL502 noHandler"],
    evidence: killedWith137,
  },
  {
    name: "a model of some size",
    ...train(
      `#!/bin/sh\ntrap 'head -c 60000000 /dev/zero > /opt/ml/model/model.bin; exit 0' TERM\necho ready\n${FOREVER}\n`,
    ),
    options: { ...READY, graceSeconds: 10 },
    findings: [],
    evidence: (run) => {
      stoppedWith(0)(run);
      expect(run.filesAtEnd).toMatchObject([{ size: 60_000_000 }]);
      expect(run.filesAtEnd[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
    },
  },
];
