/**
 * `node tools/screenshot.mjs REPORT.html docs/report.png` takes the picture of an HTML report that the README shows.
 * The report is that of `trainlint check --dockerfile examples/faulty/Dockerfile --image IMAGE --run --grace 10`.
 */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { chromium as client } from "./clients/chromium.mjs";

const [report, picture] = process.argv.slice(2);
if (report === undefined || picture === undefined || client.find() === null) {
  console.error("Usage: node tools/screenshot.mjs REPORT.html PICTURE.png (with Chromium installed)");
  process.exit(2);
}
const browser = await chromium.launch({ executablePath: client.find(), args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 1000, height: 700 }, colorScheme: "light" });
await page.goto(pathToFileURL(resolve(report)).href);
const run = page.locator("section").filter({ has: page.locator("svg") });
await run.screenshot({ path: picture });
await browser.close();
