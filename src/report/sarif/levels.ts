import type { Severity } from "../../core/finding.ts";

/** SARIF's word for a severity. */
export const LEVEL: Readonly<Record<Severity, "error" | "warning" | "note">> = {
  error: "error",
  warning: "warning",
  info: "note",
};
