import type { Behaviour } from "./behaviour.ts";
import { CHILDREN } from "./children.ts";
import { INITS } from "./inits.ts";
import { OUTPUT } from "./output.ts";
import { READINESS } from "./readiness.ts";
import { STARTS } from "./starts.ts";
import { STOPS } from "./stops.ts";

/** All behaviours that a smoke run has to judge right. */
export const BEHAVIOURS: readonly Behaviour[] = [
  ...STOPS,
  ...READINESS,
  ...CHILDREN,
  ...INITS,
  ...STARTS,
  ...OUTPUT,
];
