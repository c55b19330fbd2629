import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { transcriptOf } from "../../src/core/run/transcript.ts";
import { render } from "../../src/report/formats.ts";
import type { Report } from "../../src/report/report.ts";
// @ts-expect-error a plain script
import { chromium as client } from "../../tools/clients/chromium.mjs";
import { exampleReport } from "../support/example-report.ts";
import { REPORTED_RULES } from "../support/reported-rules.ts";
import { finding, HOSTILE, hostileReport, LOCATIONS, OPTIONS, report } from "../unit/report/sample.ts";

const program: string | null = client.find();
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "trainlint-html-"));
let browser: Browser;

const RUN = transcriptOf({
  graceSeconds: 10,
  events: [
    { name: "created", at: 0 },
    { name: "started", at: 1 },
    { name: "ready", at: 2 },
    { name: "sigterm", at: 4 },
    { name: "sigkill", at: 14 },
    { name: "exited", at: 14.1 },
  ],
  exit: { code: 137, oomKilled: false },
  stop: { seconds: 10.1, killed: true },
});
const WITH_RUN = report([finding({ kind: "run", image: RUN.image.name, event: "sigkill", time: 14 })], {
  runs: [RUN],
  subjects: [{ kind: "run", name: RUN.image.name }],
});

/** Opens a report; answers the page and whatever went wrong or was asked for. */
async function open(
  content: Report,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; noise: string[] }> {
  const file = join(folder, "report.html");
  writeFileSync(file, await render("html", content, REPORTED_RULES, OPTIONS));
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const noise: string[] = [];
  page.on("console", (message) => noise.push(message.text()));
  page.on("pageerror", (error) => noise.push(error.message));
  page.on("dialog", (dialog) => {
    noise.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => noise.push(request.url()));
  await page.goto(pathToFileURL(file).href);
  return { page, noise: noise.filter((text) => text !== pathToFileURL(file).href) };
}

describe.skipIf(program === null)("Chromium", () => {
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: program ?? "", args: ["--no-sandbox"] });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("shows every finding without a script, a request or a complaint", async () => {
    const content = exampleReport();
    const { page, noise } = await open(content, { javaScriptEnabled: false });
    expect(await page.locator("article").count()).toBe(content.findings.length);
    expect(await page.locator("h1").innerText()).toBe("trainlint report");
    expect(await page.locator("mark").count()).toBeGreaterThan(20);
    expect(noise).toEqual([]);
  });

  test("what a guest wrote stays text", async () => {
    const { page, noise } = await open(hostileReport());
    expect(await page.locator("script, iframe, img, link").count()).toBe(0);
    expect(await page.locator("body").innerText()).toContain("<script>alert(1)</script>");
    expect(await page.locator("body").innerText()).not.toContain(HOSTILE.slice(0, 3));
    expect(noise).toEqual([]);
  });

  test("the timeline: SIGTERM, SIGKILL and the bars stand where the clock says", async () => {
    const { page } = await open(WITH_RUN);
    const box = async (selector: string) => {
      const found = await page.locator(selector).first().boundingBox();
      if (found === null) throw new Error(`nothing to see of ${selector}`);
      return found;
    };
    const [bar, band] = [await box("svg rect.bar"), await box("svg rect.band")];
    // PID 1 ran from 1 to 14.1 s, the grace period is from 4 to 14 s.
    const perSecond = bar.width / 13.1;
    expect(Math.abs(band.width / perSecond - 10)).toBeLessThan(0.1);
    expect(Math.abs((band.x - bar.x) / perSecond - 3)).toBeLessThan(0.1);
    const labels = await page.locator("svg text").allTextContents();
    for (const label of [
      "SIGTERM 4 s",
      "SIGKILL 14 s",
      "exit code 137 14.1 s",
      "killed",
      "grace 10 s: all used",
    ]) {
      expect(labels).toContain(label);
    }
  });

  test("no label of the timeline covers another", async () => {
    const { page } = await open(WITH_RUN);
    const boxes: Box[] = await page
      .locator("svg text")
      .evaluateAll((texts) =>
        texts.map((text) => (text as unknown as Placed).getBoundingClientRect().toJSON()),
      );
    for (const [index, a] of boxes.entries()) {
      for (const b of boxes.slice(index + 1)) {
        const apart =
          a.right <= b.left || b.right <= a.left || a.bottom <= b.top + 3 || b.bottom <= a.top + 3;
        expect(apart, `${JSON.stringify(a)} ${JSON.stringify(b)}`).toBe(true);
      }
    }
  });

  test.each(["light", "dark"] as const)("is accessible (axe), %s", async (colorScheme) => {
    const full = {
      ...exampleReport(),
      problems: hostileReport().problems,
      suppressed: hostileReport().suppressed,
    };
    const contents = [full, WITH_RUN, report([]), report([finding(LOCATIONS.text)])];
    for (const content of contents) {
      const { page } = await open(content, { colorScheme, bypassCSP: true });
      await page.locator("details").evaluateAll((all) => {
        for (const details of all) (details as { open?: boolean }).open = true;
      });
      await page.evaluate(AXE);
      const violations = await page.evaluate(async () => {
        const { axe } = globalThis as unknown as { axe: { run: () => Promise<{ violations: Violation[] }> } };
        const { violations: found } = await axe.run();
        return found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
      });
      expect(violations).toEqual([]);
    }
  });
});

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** As much of an element as the tests ask for; the browser's own types are not known here. */
interface Placed {
  readonly getBoundingClientRect: () => { readonly toJSON: () => Box };
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}
