/** The ELF machine numbers of Linux platforms that images are built for, in GOARCH spelling. */
const MACHINES: { readonly [number: number]: string } = {
  3: "386",
  8: "mips",
  20: "ppc",
  21: "ppc64",
  22: "s390x",
  40: "arm",
  62: "amd64",
  183: "arm64",
  243: "riscv64",
  258: "loong64",
};

/** The machine of an ELF file by its first 20 bytes; `null` when it is not ELF. */
export function machineOf(head: Uint8Array): string | null {
  const isElf = head[0] === 0x7f && head[1] === 0x45 && head[2] === 0x4c && head[3] === 0x46;
  if (!isElf || head.length < 20) return null;
  const [low, high] = head[5] === 2 ? [head[19], head[18]] : [head[18], head[19]];
  const number = (low ?? 0) + (high ?? 0) * 256;
  if (number === 21) return head[5] === 2 ? "ppc64" : "ppc64le";
  return MACHINES[number] ?? `elf-machine-${number}`;
}

/** What stands behind `#!` in the first line, a carriage return left in; `null` without a shebang. */
export function shebangOf(head: Uint8Array): string | null {
  if (head[0] !== 0x23 || head[1] !== 0x21) return null;
  const end = head.indexOf(0x0a);
  const line = head.subarray(2, end === -1 ? Math.min(head.length, 256) : end);
  return String.fromCharCode(...line.subarray(0, 256));
}
