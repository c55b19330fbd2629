const UNITS: Readonly<Record<string, number>> = { "": 1, b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** A size as engines write it, such as `512m` or `8g`, in bytes; `null` for other text. */
export function bytesOf(text: string): number | null {
  const match = /^(\d+)([bkmg]?)$/i.exec(text);
  const unit = UNITS[(match?.[2] ?? "").toLowerCase()];
  return match === null || unit === undefined ? null : Number(match[1]) * unit;
}
