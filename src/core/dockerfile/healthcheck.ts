import { execForm } from "./exec-form.ts";
import type { Healthcheck, Instruction } from "./model.ts";

const UNITS: Record<string, number> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** HEALTHCHECK as the image configuration holds it; `shellForm` puts the SHELL in front of a line. */
export function healthcheckOf(
  instruction: Instruction,
  shellForm: (line: string) => readonly string[],
): Healthcheck | null {
  const text = instruction.arguments.text;
  const keyword = /^\S*/.exec(text)?.[0].toUpperCase();
  if (keyword === "NONE") return { Test: ["NONE"] };
  if (keyword !== "CMD") return null;
  const skip = text.length - text.slice(3).trimStart().length;
  const form = execForm({
    text: text.slice(skip),
    pieces: [{ offset: 0, position: instruction.range.start }],
  });
  const test =
    form.form === "exec"
      ? ["CMD", ...form.elements]
      : ["CMD-SHELL", shellForm(text.slice(skip)).at(-1) ?? ""];
  const flag = (name: string): string | null =>
    instruction.flags.find((entry) => entry.name === name)?.value ?? null;
  const retries = flag("retries");
  return {
    Test: test,
    ...duration("Interval", flag("interval")),
    ...duration("Timeout", flag("timeout")),
    ...duration("StartPeriod", flag("start-period")),
    ...duration("StartInterval", flag("start-interval")),
    ...(retries === null ? {} : { Retries: Number(retries) }),
  };
}

function duration(name: string, text: string | null): { [key: string]: number } {
  if (text === null) return {};
  let total = 0;
  for (const [, number, unit = ""] of text.matchAll(/([\d.]+)([a-z\u00b5\u03bc]*)/g)) {
    total += Number(number) * (UNITS[unit] ?? 0);
  }
  return total === 0 ? {} : { [name]: total };
}
