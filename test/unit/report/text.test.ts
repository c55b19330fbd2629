import { expect, test } from "vitest";
import { render } from "../../../src/report/formats.ts";
import { REPORTED_RULES } from "../../support/reported-rules.ts";
import { finding, LOCATIONS, OPTIONS, report } from "./sample.ts";

test("a Dockerfile finding shows its line, the caret, help and the rule", async () => {
  const shown = await render("text", report([finding(LOCATIONS.text)]), REPORTED_RULES, OPTIONS);
  expect(shown).toBe(
    [
      "docker/Dockerfile:3:1 error: ENTRYPOINT is in shell form [TL101 exec-form-entrypoint]",
      "  3 | ENTRYPOINT python train.py",
      "    | ^^^^^^^^^^^^^^^^^^^^^^^^^^",
      "  help: Use the exec form.",
      "",
      "1 error in 1 Dockerfile.",
      "",
    ].join("\n"),
  );
});

test("image and run findings show where they are and what was seen", async () => {
  const findings = [finding(LOCATIONS["image-file"]), finding(LOCATIONS.run, { severity: "warning" })];
  const shown = await render("text", report(findings, { subjects: [] }), REPORTED_RULES, OPTIONS);
  expect(shown).toContain("registry.example/team/app:1:/opt/ml/model/m.bin error:");
  expect(shown).toContain("  made by: COPY m.bin /opt/ml/model/\n");
  expect(shown).toContain("run of registry.example/team/app:1 at sigkill, 130.3 s warning:");
  expect(shown).toContain("  exitCode: 137\n");
});

test("colour is there only when it is asked for", async () => {
  const plain = await render("text", report([finding(LOCATIONS.text)]), REPORTED_RULES, OPTIONS);
  const colored = await render("text", report([finding(LOCATIONS.text)]), REPORTED_RULES, {
    ...OPTIONS,
    color: 1,
  });
  expect(plain).not.toContain("\u001b");
  expect(colored).toContain("\u001b[31m");
  expect(colored.replace(/\u001b\[[0-9;]*m/g, "")).toBe(plain);
});

test("rules that did not look are told in one line, by reason", async () => {
  const skipped = [
    { ruleId: "TL501", rule: "starts-with-train", subject: "run", reason: "no run was given" },
    { ruleId: "TL502", rule: "handles-sigterm", subject: "run", reason: "no run was given" },
  ] as const;
  const shown = await render("text", report([], { skipped }), REPORTED_RULES, OPTIONS);
  expect(shown).toBe("No findings in 1 Dockerfile.\nNot checked: TL501, TL502 (no smoke run).\n");
});

test("quiet leaves nothing but findings", async () => {
  expect(await render("text", report([]), REPORTED_RULES, { ...OPTIONS, quiet: true })).toBe("");
});

test("a finding in a text that is not at hand has no excerpt", async () => {
  const shown = await render("text", report([finding(LOCATIONS.job)]), REPORTED_RULES, OPTIONS);
  expect(shown).toContain("job.json:2:3 error:");
  expect(shown).not.toContain("^");
});
