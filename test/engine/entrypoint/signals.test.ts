import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runRules } from "../../../src/core/engine.ts";
import { readImage } from "../../../src/edges/images.ts";
import { entrypointScriptForwardsSignals as rule } from "../../../src/rules/entrypoint/entrypoint-script-forwards-signals.ts";
import { buildImage, describeWithEngine, docker, pythonBase, removeImage } from "../support/images.ts";

/** Takes a second to save when it gets SIGTERM, as a training program does. */
const SAVES = `import signal, sys, time
def save(*_):
    print("stopping", flush=True)
    time.sleep(1)
    print("saved", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, save)
print("started", flush=True)
while True:
    time.sleep(1)
`;

const RUN = "python3 /p/save.py";

/** Scripts by name, each the entrypoint of an image of its own. */
const SCRIPTS: Readonly<Record<string, string>> = {
  exec: `#!/bin/bash\nexec ${RUN} "$@"\n`,
  "exec-sh": `#!/bin/sh\nexec env A=1 nohup ${RUN} "$@"\n`,
  "exec-in-branch": `#!/bin/sh\nif [ "$1" = train ]; then\n  exec ${RUN}\nfi\n${RUN}\n`,
  "exec-behind-redirect": `#!/bin/bash\nexec > >(tee /log) 2>&1\nexec ${RUN}\n`,
  child: `#!/bin/bash\n${RUN} "$@"\n`,
  "child-sh": `#!/bin/sh\n${RUN} "$@"\n`,
  "child-in-case": `#!/bin/sh\ncase "$1" in\ntrain) ${RUN} ;;\n*) exec ${RUN} ;;\nesac\n`,
  pipeline: `#!/bin/bash\nexec ${RUN} 2>&1 | tee /log\n`,
  subshell: `#!/bin/bash\n( exec ${RUN} )\n`,
  background: `#!/bin/bash\n${RUN} &\nwait\n`,
  "late-trap": `#!/bin/bash\ntrap 'kill -TERM 0' TERM\n${RUN}\n`,
  "exit-trap": `#!/bin/bash\ntrap 'echo bye' EXIT\n${RUN}\n`,
  "one-wait": `#!/bin/bash\ntrap 'kill -TERM $p' TERM\n${RUN} &\np=$!\nwait $p\n`,
  "two-waits": `#!/bin/bash\ntrap 'kill -TERM $p' TERM\n${RUN} &\np=$!\nwait $p\nwait $p\n`,
  "two-waits-sh": `#!/bin/sh\ntrap 'kill -TERM $p' TERM\n${RUN} &\np=$!\nwait $p\nwait $p\n`,
  "wait-in-trap": `#!/bin/bash\nstop() { kill -TERM $p; wait $p; }\ntrap stop TERM\n${RUN} &\np=$!\nwait $p\n`,
  "exit-in-trap": `#!/bin/bash\ntrap 'kill -TERM $p; exit 0' TERM\n${RUN} &\np=$!\nwait $p\n`,
};

/** Entrypoints that are no script of their own. */
const LINES: Readonly<Record<string, readonly string[]>> = {
  "line-dash": ["dash", "-c", RUN],
  "line-bash": ["bash", "-c", `cd /p && ${RUN}`],
  "line-bash-more": ["bash", "-c", `${RUN}; echo done`],
  "by-shell": ["bash", "-eu", "/p/child.sh"],
  init: ["/p/dumb-init", "--", "/p/child.sh"],
  "init-exec": ["/p/dumb-init", "--", "/p/exec.sh"],
};

const TAG = "trainlint-test/entrypoint-signals:latest";

async function logsOf(container: ReturnType<typeof docker.getContainer>): Promise<string> {
  const logs = await container.logs({ stdout: true, stderr: true, follow: false });
  return logs.toString("latin1");
}

/** Whether the program has saved when `docker stop` is over, with 6 seconds of patience instead of 120. */
async function saves(entrypoint: readonly string[]): Promise<boolean> {
  const container = await docker.createContainer({ Image: TAG, Entrypoint: [...entrypoint], Cmd: ["train"] });
  try {
    await container.start();
    for (let tries = 0; tries < 100 && !(await logsOf(container)).includes("started"); tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await container.stop({ t: 6 });
    return (await logsOf(container)).includes("saved");
  } finally {
    await container.remove({ force: true });
  }
}

describeWithEngine("SIGTERM and entrypoint scripts", () => {
  beforeAll(async () => {
    const base = await pythonBase();
    const { readFileSync } = await import("node:fs");
    await buildImage({
      tag: TAG,
      dockerfile: `FROM ${base}\nCOPY . /p/\n`,
      files: {
        "save.py": SAVES,
        "dumb-init": readFileSync("/usr/bin/dumb-init"),
        ...Object.fromEntries(Object.entries(SCRIPTS).map(([name, text]) => [`${name}.sh`, text])),
      },
    });
  }, 120_000);
  afterAll(() => removeImage(TAG));

  const cases = [
    ...Object.keys(SCRIPTS).map((name) => ({ name, entrypoint: [`/p/${name}.sh`] as readonly string[] })),
    ...Object.entries(LINES).map(([name, entrypoint]) => ({ name, entrypoint })),
  ];

  describe.concurrent("the rule says what the engine shows", () => {
    it.each(cases)("$name", { timeout: 60_000 }, async ({ name, entrypoint }) => {
      const tag = `trainlint-test/entrypoint-signals:${name}`;
      await buildImage({ tag, dockerfile: `FROM ${TAG}\nENTRYPOINT ${JSON.stringify(entrypoint)}\n` });
      try {
        const image = await readImage(tag, rule.needs === undefined ? [] : [rule.needs]);
        const found = runRules([rule], { image }).findings.map((finding) => finding.messageId);
        expect({ found, saves: found.length === 0 }).toEqual({ found, saves: await saves(entrypoint) });
      } finally {
        await removeImage(tag);
      }
    });
  });
});
