/** `npm run faults -- [--rounds N] [--seed N]`: the fault tests, for as many rounds as one likes. */
import { parseArgs } from "node:util";
import { run } from "./setup/command.mjs";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "200" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
process.stdout.write(`${values.rounds} rounds from seed ${values.seed}\n`);
const env = { ...process.env, TRAINLINT_FAULT_ROUNDS: values.rounds, TRAINLINT_FAULT_SEED: values.seed };
const vitest = ["node_modules/vitest/vitest.mjs", "run", "--project", "engine", "test/faults"];
process.exitCode = await run(process.execPath, vitest, { env });
