import { expect } from "vitest";
import {
  type Behaviour,
  endedWith,
  initProgram,
  READY,
  SAVING_PYTHON,
  slowly,
  stoppedWith,
  termCaught,
  WORKER,
} from "./behaviour.ts";

const FOUND = {
  tini: initProgram("/usr/bin/tini-static"),
  "dumb-init": initProgram("/usr/bin/dumb-init"),
  catatonit: initProgram("/usr/bin/catatonit"),
};

/** The inits that this machine does not have; their behaviours are left out. */
export const MISSING_INITS: readonly string[] = Object.entries(FOUND).flatMap(([name, program]) =>
  program === null ? [name] : [],
);

type Init = keyof typeof FOUND;

const NO_HANDLER = 'import time\nprint("ready", flush=True)\ntime.sleep(600)\n';

function behind(
  init: Init,
  entrypoint: readonly string[],
  script: string,
  more: Readonly<Record<string, string>> = {},
): Pick<Behaviour, "base" | "dockerfile" | "files"> {
  return {
    base: "python",
    dockerfile: [
      `COPY ${init} /usr/bin/${init}`,
      "COPY train.py /opt/train.py",
      ...Object.keys(more).map((name) => `COPY ${name} /opt/${name}`),
      `ENTRYPOINT ${JSON.stringify(entrypoint)}`,
    ],
    files: { [init]: FOUND[init] ?? "", "train.py": script, ...more },
  };
}

/** An init behind which a program saves, and one behind which it has no handler. */
function passesOn(init: Init): readonly Behaviour[] {
  return [
    {
      name: `${init} in front of a handler that saves`,
      ...behind(init, [init, "--", "python3", "/opt/train.py"], SAVING_PYTHON),
      findings: [],
      evidence: (run) => {
        stoppedWith(0)(run);
        expect(run.readiness?.detail).toMatch(/started by the init/);
      },
    },
    {
      name: `${init} in front of a save that takes its time`,
      ...behind(init, [init, "--", "python3", "-u", "/opt/train.py"], slowly(1.5)),
      options: { ...READY, graceSeconds: 6 },
      findings: [],
      evidence: stoppedWith(0),
    },
    {
      name: `${init} in front of no handler: ends at once, unsaved`,
      ...behind(init, [init, "--", "python3", "-u", "/opt/train.py"], NO_HANDLER),
      options: READY,
      findings: ["TL503 nothingSaved"],
      evidence: stoppedWith(143),
    },
  ];
}

const TINI: readonly Behaviour[] = [
  ...passesOn("tini"),
  {
    name: "tini has no handler in its masks, and yet it passes SIGTERM on",
    ...behind("tini", ["tini", "-g", "--", "python3", "-u", "/opt/train.py"], SAVING_PYTHON),
    options: READY,
    findings: [],
    evidence: (run) => {
      stoppedWith(0)(run);
      expect(termCaught(run)).toBe(false);
    },
  },
  {
    name: "tini in front of a script that does not pass SIGTERM on",
    ...behind("tini", ["tini", "--", "bash", "/opt/start.sh"], WORKER, {
      "start.sh": "python3 /opt/train.py\necho done\n",
    }),
    options: READY,
    findings: ["TL503 nothingSaved", "TL506 diedWithPid1"],
    evidence: stoppedWith(143),
  },
  {
    name: "tini without `--` refuses the program's option",
    ...behind("tini", ["tini", "python3", "-u", "/opt/train.py"], SAVING_PYTHON),
    findings: ["TL501 initOption", "TL505 missing"],
    evidence: endedWith(1),
  },
  {
    name: "tini without `--` prints its own help and ends with 0",
    ...behind("tini", ["tini", "python3", "/opt/train.py", "-h"], SAVING_PYTHON),
    findings: ["TL508 optionsEaten"],
    evidence: endedWith(0),
  },
  {
    name: "tini without `--` makes 0 of the program's exit code",
    ...behind("tini", ["tini", "python3", "/opt/train.py", "-e", "10"], "import sys\nsys.exit(10)\n"),
    findings: ["TL508 optionsEaten"],
    evidence: endedWith(0),
  },
  {
    name: "tini alone looks for `train`",
    ...behind("tini", ["tini", "--"], SAVING_PYTHON),
    findings: ["TL501 notFound", "TL505 missing"],
    evidence: endedWith(127),
  },
];

const DUMB_INIT: readonly Behaviour[] = [
  ...passesOn("dumb-init"),
  {
    name: "dumb-init tells the whole session, and the script in between does not wait",
    ...behind("dumb-init", ["dumb-init", "bash", "/opt/start.sh"], slowly(1, WORKER), {
      "start.sh": "python3 /opt/train.py\necho done\n",
    }),
    options: READY,
    findings: ["TL503 nothingSaved", "TL506 diedWithPid1"],
    evidence: stoppedWith(143),
  },
  {
    name: "dumb-init alone looks for `train`",
    ...behind("dumb-init", ["dumb-init", "--"], SAVING_PYTHON),
    findings: ["TL501 notFound", "TL505 missing"],
    evidence: endedWith(2),
  },
];

const CATATONIT: readonly Behaviour[] = [
  ...passesOn("catatonit"),
  {
    name: "catatonit without `--` prints its own help and ends with 0",
    ...behind("catatonit", ["catatonit", "python3", "/opt/train.py", "-h"], SAVING_PYTHON),
    findings: ["TL508 optionsEaten"],
    evidence: endedWith(0),
  },
  {
    name: "catatonit alone looks for `train`",
    ...behind("catatonit", ["catatonit", "--"], SAVING_PYTHON),
    findings: ["TL501 notFound", "TL505 missing"],
    evidence: endedWith(1),
  },
];

/** As s6 does with its main program: SIGTERM comes late, and SIGKILL three seconds after it. */
const SUPERVISOR = `
import signal, subprocess, sys, time
child = subprocess.Popen(["python3", "/opt/worker.py"])
def stop(*_):
    time.sleep(0.5)
    child.terminate()
    try: child.wait(1)
    except subprocess.TimeoutExpired: child.kill(); child.wait()
    sys.exit(111)
signal.signal(signal.SIGTERM, stop)
while child.poll() is None: time.sleep(0.1)
sys.exit(child.returncode)
`;

const SUPERVISED: Behaviour = {
  name: "an init of its own kind, which kills its child before it has saved",
  base: "python",
  dockerfile: ["COPY init.py /init", "COPY worker.py /opt/worker.py", 'ENTRYPOINT ["/init"]'],
  files: { "init.py": `#!/usr/bin/python3\n${SUPERVISOR}`, "worker.py": slowly(3, WORKER) },
  options: { ...READY, graceSeconds: 6 },
  findings: ["TL503 nothingSaved"],
  evidence: stoppedWith(111),
};

/** Small programs in front of the program. */
export const INITS: readonly Behaviour[] = [
  ...(FOUND.tini === null ? [] : TINI),
  ...(FOUND["dumb-init"] === null ? [] : DUMB_INIT),
  ...(FOUND.catatonit === null ? [] : CATATONIT),
  SUPERVISED,
];
