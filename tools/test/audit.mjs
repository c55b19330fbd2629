import { execFile } from "node:child_process";

/**
 * Asks the registry for known vulnerabilities of what is in the bundle. Returns `{ vulnerable }`, a list of
 * package names, or `{ unanswered }` where the registry gives no answer: some mirrors do not.
 */
export async function auditDependencies() {
  const output = await new Promise((resolve) => {
    // The exit code says "vulnerable" and "no answer" alike; the output tells them apart.
    execFile("npm", ["audit", "--json", "--omit=dev"], { timeout: 60_000 }, (_error, stdout) =>
      resolve(stdout),
    );
  });
  try {
    const report = JSON.parse(output);
    if (report.vulnerabilities === undefined) return { unanswered: report.message ?? "no list came back" };
    const vulnerable = Object.values(report.vulnerabilities)
      .filter(({ severity }) => severity === "high" || severity === "critical")
      .map(({ name, severity }) => `${name} (${severity})`);
    return { vulnerable };
  } catch {
    return { unanswered: "no answer that could be read" };
  }
}
