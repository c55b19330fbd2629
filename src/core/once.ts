/** Whether a value of this key has not come by before: keeps one place from being reported twice. */
export function once<T>(key: (value: T) => string): (value: T) => boolean {
  const seen = new Set<string>();
  return (value) => {
    const name = key(value);
    if (seen.has(name)) return false;
    seen.add(name);
    return true;
  };
}
