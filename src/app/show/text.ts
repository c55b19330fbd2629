import type { Shown } from "./shown.ts";

/** `trainlint show` for people: what PID 1 will be, and what can't be told and why. */
export function shownText(shown: Shown): string {
  return `${[launchLine(shown), ...droppedLines(shown), ...configLines(shown), ...unknownLines(shown)].join("\n")}\n`;
}

function launchLine({ launch, config, unknown }: Shown): string {
  const user = unknown.includes("User") ? "as a user that is not known" : `as ${userName(config?.User)}`;
  const folder = unknown.includes("WorkingDir")
    ? "in a folder that is not known"
    : `in ${config?.WorkingDir || "/"}`;
  if (config === null) {
    const what = launch.argv ?? ["the image's entrypoint", ...launch.args];
    return `SageMaker will run ${launch.argv === null ? what.join(" ") : `\`${shellWords(what)}\``} as PID 1.`;
  }
  if (launch.argv === null) {
    const args = shellWords(launch.args);
    return `SageMaker will run the base image's entrypoint, which is not known, with \`${args}\`, ${user}, ${folder}.`;
  }
  return `SageMaker will run \`${shellWords(launch.argv)}\` as PID 1, ${user}, ${folder}.`;
}

function userName(user: string | null | undefined): string {
  return user === "" || user === null || user === undefined || user === "0" ? "root" : `user ${user}`;
}

function droppedLines({ launch }: Shown): string[] {
  return launch.dropped.map(
    ({ what, words, why }) =>
      `  not used: ${what === "train" ? "" : `${what} `}\`${shellWords(words)}\` (${why})`,
  );
}

function configLines({ config }: Shown): string[] {
  if (config === null) return [];
  const lines: string[] = [];
  if (config.Env.length > 0) lines.push("  environment:", ...config.Env.map((item) => `    ${item}`));
  if (config.Volumes !== null) lines.push(`  volumes: ${Object.keys(config.Volumes).join(", ")}`);
  if (config.StopSignal !== null) lines.push(`  stop signal: ${config.StopSignal}`);
  return lines;
}

function unknownLines({ reasons }: Shown): string[] {
  const entries = Object.entries(reasons);
  const byReason = new Map<string, string[]>();
  for (const [name, reason] of entries) byReason.set(reason, [...(byReason.get(reason) ?? []), name]);
  return [...byReason].map(([reason, names]) => `  not known: ${names.join(", ")}, since ${reason}`);
}

/** The words as a shell would read them back. */
export function shellWords(words: readonly string[]): string {
  return words
    .map((word) => (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(" ");
}
