/** The signals of Linux on x86-64 and arm64 by number. Source: signal(7). */
const NAMES: readonly string[] =
  "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS".split(
    " ",
  );

/** Other spellings of the same signals. */
const ALIASES: Readonly<Record<string, string>> = { CLD: "CHLD", POLL: "IO", IOT: "ABRT", UNUSED: "SYS" };

/** `SIGTERM` for `SIGTERM`, `term` and `15`; a text that names no signal as it is, in upper case. */
export function signalName(text: string): string {
  const word = text.trim().toUpperCase();
  if (/^\d+$/.test(word)) {
    const name = NAMES[Number(word) - 1];
    return name === undefined ? word : `SIG${name}`;
  }
  const name = word.replace(/^SIG/, "");
  return `SIG${ALIASES[name] ?? name}`;
}
