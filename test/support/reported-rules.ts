import type { ReportedRules } from "../../src/report/report.ts";
import { rules } from "../../src/rules/index.ts";

/** All rules, as reports are given them. */
export const REPORTED_RULES: ReportedRules = { outlines: rules, whole: async () => rules };
