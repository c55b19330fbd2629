import type { Finding, Location } from "../../../src/core/finding.ts";
import { type Transcript, transcriptOf } from "../../../src/core/run/transcript.ts";
import type { Report, ReportOptions } from "../../../src/report/report.ts";

/** A report with a finding for each kind of place, for reporter tests. */
export const DOCKERFILE = "FROM python:3.12\nRUN echo\nENTRYPOINT python train.py\n";

export const LOCATIONS: Readonly<Record<Location["kind"], Location>> = {
  text: {
    kind: "text",
    path: "docker/Dockerfile",
    start: { line: 3, column: 1 },
    end: { line: 3, column: 27 },
  },
  "image-config": {
    kind: "image-config",
    image: "registry.example/team/app:1",
    pointer: "/config/Entrypoint",
  },
  "image-file": {
    kind: "image-file",
    image: "registry.example/team/app:1",
    layer: `sha256:${"a".repeat(64)}`,
    path: "/opt/ml/model/m.bin",
    instruction: "COPY m.bin /opt/ml/model/",
  },
  run: { kind: "run", image: "registry.example/team/app:1", event: "sigkill", time: 130.25 },
  job: {
    kind: "job",
    path: "job.json",
    pointer: "/RoleArn",
    start: { line: 2, column: 3 },
    end: { line: 2, column: 9 },
  },
};

export function finding(location: Location, changes: Partial<Finding> = {}): Finding {
  return {
    ruleId: "TL101",
    rule: "exec-form-entrypoint",
    messageId: "shellForm",
    severity: "error",
    message: "ENTRYPOINT is in shell form",
    help: "Use the exec form.",
    fingerprint: "0123456789abcdef",
    location,
    evidence: { exitCode: 137 },
    related: [],
    ...changes,
  };
}

export function report(findings: readonly Finding[], changes: Partial<Report> = {}): Report {
  return {
    tool: { name: "trainlint", version: "1.2.3" },
    subjects: [{ kind: "dockerfile", name: "docker/Dockerfile" }],
    findings,
    skipped: [],
    suppressed: [],
    problems: [],
    summary: {
      error: findings.filter(({ severity }) => severity === "error").length,
      warning: findings.filter(({ severity }) => severity === "warning").length,
      info: findings.filter(({ severity }) => severity === "info").length,
    },
    texts: new Map([["docker/Dockerfile", DOCKERFILE]]),
    runs: [],
    imageSource: null,
    homepage: "https://trainlint.example/",
    rulePages: "https://trainlint.example/docs/rules/",
    ...changes,
  };
}

export const OPTIONS: ReportOptions = {
  color: 0,
  width: 100,
  quiet: false,
  category: null,
  nextStep: null,
};

/** Every string of the report is this: control sequences, bidi marks, CI commands, markup. */
export const HOSTILE =
  "\u001b]0;t\u0007\u009b31m\u202e::error::x\n::add-mask::y ##[z] ##vso[w]\u2028<script>alert(1)</script>|`*_[a](b) & \"q\" 'p' ]]> \u0000\ufffe\ud800";

/** A run in which a guest chose every text. */
function hostileRun(): Transcript {
  const command = [HOSTILE, HOSTILE];
  const process = { pid: 1, parent: 0, command, masks: null, residentBytes: null };
  const file = { path: HOSTILE, size: 1, sha256: null, modified: null };
  const output = { tail: [HOSTILE], bytes: 1, bytesAfterStop: 1 };
  return transcriptOf({
    image: { name: HOSTILE, id: HOSTILE, digests: [HOSTILE], architecture: HOSTILE },
    argv: command,
    user: HOSTILE,
    environmentNames: [HOSTILE],
    stopSignal: HOSTILE,
    events: [
      { name: "created", at: 0 },
      { name: "started", at: 1 },
      { name: "first-output", at: 1.5, detail: HOSTILE },
      { name: "sigterm", at: 2 },
      { name: "process-ended", at: 2.5, detail: HOSTILE, pid: 7 },
      { name: "sigkill", at: 122 },
      { name: "exited", at: 122.1, detail: HOSTILE },
    ],
    readiness: { by: HOSTILE, detail: HOSTILE },
    startError: HOSTILE,
    processesBeforeStop: [process, { ...process, pid: 7, parent: 1 }],
    processesAfterSignal: [process],
    processEnds: [{ pid: 7, command, lastSeen: 0.4, ended: "first" }],
    filesBeforeStop: [file],
    filesAtEnd: [{ ...file, size: 2 }],
    failure: HOSTILE,
    stdout: output,
    stderr: output,
    missing: [{ what: HOSTILE, why: HOSTILE }],
    stop: { seconds: 120, killed: true },
    exit: { code: 137, oomKilled: false },
  });
}

/** A report in which a guest chose every text. */
export function hostileReport(): Report {
  const hostileLocations: Location[] = [
    { kind: "text", path: HOSTILE, start: { line: 1, column: 1 }, end: { line: 1, column: 5 } },
    { kind: "image-config", image: HOSTILE, pointer: HOSTILE },
    { kind: "image-file", image: HOSTILE, layer: HOSTILE, path: HOSTILE, instruction: HOSTILE },
    { kind: "run", image: HOSTILE, event: HOSTILE, stream: "stdout", line: 3 },
    {
      kind: "job",
      path: HOSTILE,
      pointer: HOSTILE,
      start: { line: 1, column: 1 },
      end: { line: 1, column: 2 },
    },
  ];
  const findings = hostileLocations.map((location) =>
    finding(location, {
      message: HOSTILE,
      help: HOSTILE,
      evidence: { [HOSTILE]: HOSTILE, nested: { deep: [HOSTILE] } },
      related: [{ location, message: HOSTILE }],
      fix: {
        description: HOSTILE,
        safe: true,
        path: HOSTILE,
        edits: [
          {
            range: { start: { line: 1, column: 1 }, end: { line: 1, column: 5 } },
            replacement: HOSTILE,
          },
        ],
      },
    }),
  );
  return report(findings, {
    subjects: [{ kind: "image", name: HOSTILE, source: HOSTILE }],
    skipped: [{ ruleId: "TL502", rule: "handles-sigterm", subject: "image", reason: HOSTILE }],
    suppressed: findings.map((item) => ({ finding: item, by: "inline", reason: HOSTILE })),
    problems: [
      {
        kind: "environment",
        subject: { kind: "image", name: HOSTILE },
        message: HOSTILE,
        help: HOSTILE,
        place: { path: HOSTILE, line: 1 },
      },
    ],
    texts: new Map([[HOSTILE, HOSTILE]]),
    runs: [hostileRun()],
  });
}
