/** A small seeded generator of random numbers (mulberry32). */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.next() * items.length)] as T;
  }

  times(most: number): number {
    return Math.floor(this.next() * (most + 1));
  }
}

const NAMES = ["A", "B", "LONG_NAME", "PATH_X", "V1"];
const VALUES = [
  "x",
  "1",
  "a b",
  "",
  "it''s",
  "/opt/x",
  "$A",
  "${B}",
  "${A:-d}",
  "${B-d}",
  "${A:+s}",
  "${LONG_NAME:-${B}}",
  "a$A.b",
  "\\$A",
  "x=y",
  "tail\\ blank",
];
const ARGUMENTS = ['"python"', '"train.py"', '"-u"', '"a b"', '"\\u0041"', '"$A"', '"/x"'];

/** A Dockerfile without RUN: everything in it only shapes the configuration, so that builds are quick. */
export function generateDockerfile(seed: number): string {
  const random = new Random(seed);
  const escapeChar = random.chance(0.1) ? "`" : "\\";
  const lines: string[] = [];
  if (escapeChar === "`") lines.push("# escape=`");
  if (random.chance(0.3)) lines.push(`ARG ${random.pick(NAMES)}=${random.pick(["1", "stage0", "q"])}`);
  const stages = 1 + random.times(2);
  for (let stage = 0; stage < stages; stage += 1) {
    const base = stage === 0 ? "scratch" : random.pick([`stage${stage - 1}`, `STAGE${stage - 1}`, "scratch"]);
    lines.push(`${keyword(random, "FROM")} ${base} ${random.pick(["AS", "as"])} stage${stage}`);
    const count = 1 + random.times(9);
    for (let index = 0; index < count; index += 1) lines.push(...instruction(random, escapeChar));
  }
  return lines.join(random.chance(0.15) ? "\r\n" : "\n") + (random.chance(0.9) ? "\n" : "");
}

function keyword(random: Random, word: string): string {
  return random.chance(0.2) ? word.toLowerCase() : word;
}

function instruction(random: Random, escapeChar: string): string[] {
  const text = body(random);
  const broken = breakLine(random, text, escapeChar);
  if (random.chance(0.15)) return ["", "# a comment", ...broken];
  return broken;
}

/** Puts a continuation, with a comment or an empty line inside, at some blank of the line. */
function breakLine(random: Random, text: string, escapeChar: string): string[] {
  const blank = text.indexOf(" ");
  if (!random.chance(0.3) || blank === -1) return [text];
  const first = `${text.slice(0, blank + 1)}${escapeChar}${random.pick(["", " ", "\t"])}`;
  const between = random.pick([[], ["# inside"], ["  # inside"]]);
  return [first, ...between, `${random.pick(["", "  "])}${text.slice(blank + 1)}`];
}

function body(random: Random): string {
  const name = random.pick(NAMES);
  const kind = random.pick([
    "ENTRYPOINT",
    "ENTRYPOINT",
    "CMD",
    "ENV",
    "ENV",
    "ARG",
    "LABEL",
    "WORKDIR",
    "USER",
    "VOLUME",
    "EXPOSE",
    "STOPSIGNAL",
    "SHELL",
    "ONBUILD",
    "HEALTHCHECK",
  ]);
  const head = keyword(random, kind);
  switch (kind) {
    case "ENTRYPOINT":
    case "CMD":
      return `${head} ${command(random)}`;
    case "ENV":
    case "LABEL":
      return random.chance(0.2)
        ? `${head} ${name} ${random.pick(["one", "two words", "$A more"])}`
        : `${head} ${pairs(random)}`;
    case "ARG":
      return random.chance(0.3)
        ? `${head} ${name}`
        : `${head} ${name}=${random.pick(["x", "'q r'", '"$A"', "${B:-k}"])}`;
    case "WORKDIR":
      return `${head} ${random.pick(["/w", "rel", "/a/../b/", "$A", "/x/$B", "./y", "/"])}`;
    case "USER":
      return `${head} ${random.pick(["nobody", "1000:1000", "${A:-u}"])}`;
    case "VOLUME":
      return `${head} ${random.pick(["/v", "/v1 /v2", '["/j1", "/j2"]', "/$A/x"])}`;
    case "EXPOSE":
      return `${head} ${random.pick(["80", "8080/udp", "9000-9002", "443/TCP"])}`;
    case "STOPSIGNAL":
      return `${head} ${random.pick(["SIGINT", "SIGTERM", "9"])}`;
    case "SHELL":
      return `${head} ${random.pick(['["/bin/bash", "-c"]', '["/bin/sh", "-ec"]'])}`;
    case "HEALTHCHECK":
      return `${head} ${random.pick(["NONE", "CMD curl x", '--interval=5s --retries=3 CMD ["a", "b"]', "--timeout=1m30s CMD x"])}`;
    default:
      return `${head} ${random.pick([`ENV O${name}=1`, 'ENTRYPOINT ["o"]', "CMD o", "LABEL o=1", "WORKDIR /onbuild"])}`;
  }
}

/** Text behind the closing bracket is left out: builders before 2024 pass over it, later ones make it shell form. */
function command(random: Random): string {
  const list = Array.from({ length: random.times(3) }, () => random.pick(ARGUMENTS));
  switch (random.times(5)) {
    case 0:
      return random.pick(["python train.py", "exec python  $A 'x'", "a && b", "./run.sh"]);
    case 1:
      return random.pick(["['python']", '["a", b]', '["a",]', '["a" "b"]', '["a", 1]', '["a"', "[ ]"]);
    default:
      return `[${list.join(random.pick([",", ", ", " , "]))}]`;
  }
}

function pairs(random: Random): string {
  return Array.from({ length: 1 + random.times(2) }, () => {
    const value = random.pick(VALUES);
    const quoted =
      /[ ']/.test(value) || value === ""
        ? `"${value}"`
        : random.chance(0.2)
          ? `'${value.replaceAll("'", "")}'`
          : value;
    return `${random.pick(NAMES)}=${quoted}`;
  }).join(" ");
}
