import { closeSync, constants, openSync, readSync } from "node:fs";

/** Longer than any record of the log: the kernel's own bound is 8 KiB. */
const RECORD_BYTES = 16_384;
/** More records than that no kernel keeps by default. */
const MAX_RECORDS = 200_000;

/**
 * Whether the kernel of this machine says that it killed a process of the container for want of memory; `null` where
 * its log can't be read, as by most users who are not root. An id is never used again, so old records do no harm.
 * Source: Documentation/ABI/testing/dev-kmsg; the line is written by mm/oom_kill.c.
 */
export function kernelKilledOneOf(containerId: string): boolean | null {
  let log: number;
  try {
    log = openSync("/dev/kmsg", constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return null;
  }
  try {
    const record = Buffer.alloc(RECORD_BYTES);
    for (let count = 0; count < MAX_RECORDS; count += 1) {
      const text = nextRecord(log, record);
      if (text === null) return false;
      if (text.includes(";oom-kill:") && text.includes(containerId)) return true;
    }
    return false;
  } catch {
    return null;
  } finally {
    closeSync(log);
  }
}

/** `null` behind the last one. */
function nextRecord(log: number, record: Buffer): string | null {
  try {
    return record.toString("latin1", 0, readSync(log, record, 0, record.length, null));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EAGAIN") return null;
    // The oldest records were overwritten meanwhile; reading goes on with those that are there.
    if (code === "EPIPE") return "";
    throw error;
  }
}
