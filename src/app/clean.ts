/** Removes what smoke runs that were killed have left on the engine; answers the ids of what was removed. */
export async function clean(): Promise<readonly string[]> {
  const { connectEngine } = await import("../edges/engine/connect.ts");
  const { cleanLeftovers } = await import("../edges/smoke/owner.ts");
  return await cleanLeftovers(await connectEngine());
}
