/**
 * Loaded into the process that is measured: writes its peak memory, in MB, to the file that PEAK_FILE names. On Linux it is the
 * kernel's mark for this program alone; `maxRSS` would count the process that started it too.
 */
const { readFileSync, writeFileSync } = require("node:fs");

process.on("exit", () => {
  let peak = process.resourceUsage().maxRSS / 1024;
  try {
    peak = Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) / 1024;
  } catch {
    // Not Linux.
  }
  writeFileSync(process.env.PEAK_FILE, String(peak));
});
