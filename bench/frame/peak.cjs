/** Loaded into the process that is measured: writes its peak memory, in MB, to the file that PEAK_FILE names. */
const { writeFileSync } = require("node:fs");

process.on("exit", () => {
  writeFileSync(process.env.PEAK_FILE, String(process.resourceUsage().maxRSS / 1024));
});
