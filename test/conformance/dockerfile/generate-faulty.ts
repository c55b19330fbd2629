import { generateDockerfile, Random } from "./generate.ts";

const PROGRAMS = [
  ["python", "/opt/program/train.py"],
  ["python", "-u", "train.py", "--lr=0.1"],
  ["./train.sh", "--epochs", "3"],
  ["/usr/bin/java", "-jar", "a b.jar"],
  ["accelerate", "launch", "it's.py"],
  ["node", "C:\\x", 'say "hi"', "$HOME"],
];

const INITS = [
  ["tini", "--"],
  ["/usr/bin/tini", "-g", "--"],
  ["tini", "-s", "-vv"],
  ["/tini", "-g"],
  ["tini-static"],
  ["catatonit"],
  ["/usr/bin/catatonit", "-g"],
  ["dumb-init", "-v"],
];

/** A Dockerfile that `--fix` can do something about, among random other instructions. */
export function generateFaulty(seed: number): string {
  const random = new Random(seed);
  const base = generateDockerfile(seed);
  const newline = base.includes("\r\n") ? "\r\n" : "\n";
  const escapeChar = base.startsWith("# escape=`") ? "`" : "\\";
  const lines = base.replace(/\r?\n$/, "").split(/\r?\n/);
  if (random.chance(0.3)) lines.push(`${random.pick(["", "  "])}STOPSIGNAL ${random.pick(["SIGINT", "9"])}`);
  lines.push(...entrypoint(random, escapeChar));
  if (random.chance(0.3)) lines.push(`STOPSIGNAL ${random.pick(["SIGINT", "SIGQUIT"])}`);
  if (random.chance(0.3)) lines.push("# the end");
  const bom = random.chance(0.1) ? "\uFEFF" : "";
  return bom + lines.join(newline) + (random.chance(0.7) ? newline : "");
}

function entrypoint(random: Random, escapeChar: string): string[] {
  const program = random.pick(PROGRAMS);
  const argv = random.chance(0.5) ? [...random.pick(INITS), ...program] : program;
  const words = form(random, argv);
  return broken(random, `ENTRYPOINT ${words[0]}`, words.slice(1), escapeChar);
}

/** The words of an ENTRYPOINT in one of the ways in which people get them wrong, or right. */
function form(random: Random, argv: readonly string[]): string[] {
  const shell = argv.map((word) =>
    /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`,
  );
  const simple = argv.every((word) => !/['"\\]/.test(word));
  switch (random.times(4)) {
    case 0:
      return shell;
    case 1:
      return ["exec", ...shell];
    case 2:
      if (simple) return array(argv.map((word) => `'${word}'`));
      return shell;
    case 3:
      if (simple) return array([...argv.map((word) => (random.chance(0.5) ? `"${word}"` : `'${word}'`)), ""]);
      return shell;
    default:
      return array(argv.map((word) => JSON.stringify(word)));
  }
}

function array(elements: readonly string[]): string[] {
  return elements.map((element, index) => {
    const head = index === 0 ? "[" : "";
    return `${head}${element}${index === elements.length - 1 ? "]" : ","}`;
  });
}

/** Continuation lines, with comments and empty lines between them, at some of the blanks. */
function broken(random: Random, first: string, words: readonly string[], escapeChar: string): string[] {
  const lines = [first];
  for (const word of words) {
    if (random.chance(0.75)) lines[lines.length - 1] += `${random.pick([" ", "  "])}${word}`;
    else {
      lines[lines.length - 1] += ` ${escapeChar}`;
      if (random.chance(0.3)) lines.push(random.pick(["# inside", "  # inside"]));
      lines.push(`${random.pick(["", "    "])}${word}`);
    }
  }
  return lines;
}
