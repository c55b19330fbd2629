import { describe, expect, test } from "vitest";
import { transcriptOf } from "../../../src/core/run/transcript.ts";
import { render } from "../../../src/report/formats.ts";
import { html, withCode } from "../../../src/report/html/markup.ts";
import { seconds, timelineOf } from "../../../src/report/html/timeline.ts";
import { REPORTED_RULES } from "../../support/reported-rules.ts";
import { finding, hostileReport, LOCATIONS, OPTIONS, report } from "./sample.ts";

const page = async (content: Parameters<typeof render>[1]) =>
  await render("html", content, REPORTED_RULES, OPTIONS);

test("templates escape what they are given, also in attributes", () => {
  const value = `<a b="c" d='e'>&`;
  expect(html`<i title="${value}">${value}</i>`.text).toBe(
    '<i title="&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;">&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;</i>',
  );
  expect(withCode("a `<b>` c").text).toBe("a <code>&lt;b&gt;</code> c");
  expect(withCode("a ` b").text).toBe("a ` b");
});

test("nothing is loaded, nothing runs", async () => {
  const shown = await page(hostileReport());
  expect(shown).not.toMatch(/<script|<link|<img|<iframe|<object|\son\w+=|javascript:|url\(|@import/i);
  expect(shown).toContain("default-src 'none'");
  expect(shown).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
});

test("the place of a finding is marked in its source", async () => {
  const shown = await page(report([finding(LOCATIONS.text)]));
  expect(shown).toContain("<mark>ENTRYPOINT python train.py</mark>");
  expect(shown).toContain('<span class="number">2  </span>RUN echo');
  expect(shown).toContain('<a href="https://trainlint.example/docs/rules/TL101-exec-form-entrypoint.md">');
});

test("more findings than a person reads are counted", async () => {
  const shown = await page(report(Array.from({ length: 1200 }, () => finding(LOCATIONS.text))));
  expect(shown.match(/<article /g)).toHaveLength(1000);
  expect(shown).toContain("200 more findings are not shown here.");
});

describe("the timeline", () => {
  const killed = transcriptOf({
    events: [
      { name: "created", at: 0 },
      { name: "started", at: 1 },
      { name: "ready", at: 2 },
      { name: "sigterm", at: 3 },
      { name: "process-ended", at: 3.5, pid: 9 },
      { name: "sigkill", at: 13 },
      { name: "exited", at: 13.1 },
    ],
    graceSeconds: 10,
    filesAtEnd: [
      { path: "/opt/ml/model/model.bin", size: 4, sha256: null, modified: 3.2 },
      { path: "/opt/ml/input/config/hyperparameters.json", size: 2, sha256: null, modified: 0.5 },
    ],
    exit: { code: 137, oomKilled: false },
    stop: { seconds: 10.1, killed: true },
    processesBeforeStop: [1, 8, 9].map((pid) => ({ ...first(), pid, parent: pid === 1 ? 0 : 1 })),
    processesAfterSignal: [{ ...first(), pid: 20, parent: 1 }],
    processEnds: [
      { pid: 8, command: ["w"], lastSeen: 10, ended: "with-pid-1" },
      { pid: 9, command: ["w"], lastSeen: 0.3, ended: "first" },
    ],
  });

  test("has every process as a bar on the clock of the events", () => {
    const { bars } = timelineOf(killed);
    expect(bars.map(({ pid, from, sureFrom, to, fate }) => ({ pid, from, sureFrom, to, fate }))).toEqual([
      { pid: 1, from: 1, sureFrom: 1, to: 13.1, fate: "killed" },
      { pid: 8, from: 1, sureFrom: 3, to: 13.1, fate: "killed" },
      { pid: 9, from: 1, sureFrom: 3, to: 3.5, fate: "ended 0.5 s after SIGTERM" },
      { pid: 20, from: 3, sureFrom: 3, to: 13.1, fate: "killed" },
    ]);
  });

  test("has the grace period as a band", () => {
    expect(timelineOf(killed).grace).toEqual({ from: 3, to: 13, text: "grace 10 s: all used" });
    expect(timelineOf(transcriptOf()).grace).toEqual({
      from: 1.1,
      to: 121.1,
      text: "grace 120 s: 0.3 s used",
    });
    expect(timelineOf(transcriptOf({ stop: null })).grace).toBeNull();
  });

  test("says when and how it ended", () => {
    expect(timelineOf(killed).moments.map(({ label, tone }) => `${label} ${tone}`)).toEqual([
      "created plain",
      "started plain",
      "ready good",
      "SIGTERM stop",
      "wrote model.bin good",
      "PID 9 ended plain",
      "SIGKILL bad",
      "exit code 137 bad",
    ]);
  });

  test("of a container that never started is none, and the page says why", async () => {
    const run = transcriptOf({
      events: [{ name: "created", at: 0 }],
      startError: 'exec: "train": not found',
      exit: null,
      stop: null,
    });
    expect(timelineOf(run).bars).toEqual([]);
    const shown = await page(report([], { runs: [run], subjects: [{ kind: "run", name: run.image.name }] }));
    expect(shown).toContain("The container did not start: exec: &quot;train&quot;: not found");
    expect(shown).not.toContain("<svg");
  });

  function first() {
    return {
      ...transcriptOf().processesBeforeStop[0],
      pid: 1,
      parent: 0,
      command: ["w"],
      masks: null,
      residentBytes: null,
    };
  }
});

test.each([
  [0.304, "0.3 s"],
  [0.06, "0.06 s"],
  [8.51, "8.5 s"],
  [120.04, "120 s"],
])("%d seconds are written as %s", (value, text) => {
  expect(seconds(value)).toBe(text);
});
