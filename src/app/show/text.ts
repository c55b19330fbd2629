import type { Shown } from "./shown.ts";

/** `trainlint show` for people: what PID 1 will be, and what can't be told and why. */
export function shownText(shown: Shown): string {
  const lines = [
    launchLine(shown),
    ...shown.launch.notes.map((note) => `  note: ${note}`),
    ...droppedLines(shown),
    ...configLines(shown),
    ...inheritedLines(shown),
    ...unknownLines(shown),
  ];
  return `${lines.join("\n")}\n`;
}

function launchLine({ launch, config, unknown }: Shown): string {
  if (config === null) {
    if (launch.argv !== null) return `SageMaker will run \`${shellWords(launch.argv)}\` as PID 1.`;
    const program = unknown.includes("ContainerEntrypoint")
      ? "a command that is not known here"
      : "the image's entrypoint";
    const words = launch.args.length === 0 ? "" : ` with \`${shellWords(launch.args)}\``;
    return `SageMaker will run ${program}${words} as PID 1.`;
  }
  const user = unknown.includes("User") ? "as a user that is not known" : `as ${userName(config.User)}`;
  const folder = unknown.includes("WorkingDir")
    ? "in a folder that is not known"
    : `in ${config.WorkingDir || "/"}`;
  if (launch.argv === null) {
    const args = shellWords(launch.args);
    return `SageMaker will run the base image's entrypoint, which is not known, with \`${args}\` as PID 1, ${user}, ${folder}.`;
  }
  return `SageMaker will run \`${shellWords(launch.argv)}\` as PID 1, ${user}, ${folder}.`;
}

function userName(user: string | null): string {
  const name = (user ?? "").split(":", 1)[0];
  return name === "" || name === "0" || name === "root" ? "root" : `user ${user}`;
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

function inheritedLines({ inherited }: Shown): string[] {
  if (inherited === null) return [];
  const { names, base, source, asOf } = inherited;
  return [`  from the base image: ${names.join(", ")}, as ${base} has it (${source}, ${asOf})`];
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
