const NOBODY = 65_534;

/** Does something as a user whom file modes stop: root is not stopped by any. */
export async function asOrdinaryUser<T>(action: () => Promise<T>): Promise<T> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(NOBODY);
  try {
    return await action();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}
