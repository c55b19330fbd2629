import { describe, expect, it } from "vitest";
import { machineOf, shebangOf } from "../../../../src/core/run/program-head.ts";
import { hasSignal, signalledProcess, termDisposition } from "../../../../src/core/run/signals.ts";

const NONE = "0000000000000000";
const masks = (caught: string, blocked = NONE, ignored = NONE) => ({ caught, blocked, ignored });
const process = (pid: number, parent: number, ...command: string[]) => ({
  pid,
  parent,
  command,
  masks: null,
  residentBytes: null,
});

describe("signal masks", () => {
  it.each([
    ["Python without a handler", masks("0000000000000002"), "default"],
    ["Python with a handler", masks("0000000000004002"), "caught"],
    ["bash", masks("0000000000010002", "0000000000010000"), "default"],
    ["catatonit, which waits with signalfd", masks(NONE, "fffffffe3ffbfa07"), "blocked"],
    ["trap '' TERM", masks(NONE, NONE, "0000000000004000"), "ignored"],
  ])("of %s", (_name, given, expected) => {
    expect(termDisposition(given)).toBe(expected);
  });

  it("takes nothing for a mask that is none", () => {
    expect(hasSignal("<4002", 15)).toBe(false);
    expect(hasSignal("", 15)).toBe(false);
  });

  it("looks behind an init", () => {
    const tree = [process(1, 0, "/usr/bin/tini", "--", "python3"), process(7, 1, "python3")];
    expect(signalledProcess(tree)?.pid).toBe(7);
    expect(signalledProcess([process(1, 0, "bash"), process(7, 1, "python3")])?.pid).toBe(1);
    expect(signalledProcess([])).toBeNull();
  });
});

describe("the head of a program", () => {
  const elf = (machine: number, order = 1) => {
    const head = new Uint8Array(64);
    head.set([0x7f, 0x45, 0x4c, 0x46, 2, order]);
    head.set(order === 1 ? [machine, 0] : [0, machine], 18);
    return head;
  };

  it("tells the machine", () => {
    expect(machineOf(elf(62))).toBe("amd64");
    expect(machineOf(elf(183))).toBe("arm64");
    expect(machineOf(elf(22, 2))).toBe("s390x");
    expect(machineOf(elf(21, 1))).toBe("ppc64le");
    expect(machineOf(new Uint8Array([0x7f]))).toBeNull();
  });

  it("keeps the carriage return of a shebang", () => {
    expect(shebangOf(new TextEncoder().encode("#!/bin/sh\r\nx"))).toBe("/bin/sh\r");
    expect(shebangOf(new TextEncoder().encode("\n#!/bin/sh\n"))).toBeNull();
  });
});
