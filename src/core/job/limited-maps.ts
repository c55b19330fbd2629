/** The two maps of free names and values that a container is given; a rule of their own speaks of their limits. */
export const LIMITED_MAPS = ["HyperParameters", "Environment"] as const;

/** Whether a pointer is one of these maps, or an entry of one. */
export function isLimitedMap(pointer: string): boolean {
  return LIMITED_MAPS.some((name) => pointer === `/${name}` || pointer.startsWith(`/${name}/`));
}
