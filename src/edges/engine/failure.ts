import { EnvironmentError, UserError } from "../../core/errors.ts";
import type { Engine } from "./connect.ts";

/** What an engine's failure is for the user; errors that say so themselves stay as they are. */
export function engineFailure(engine: Engine, error: unknown): Error {
  if (error instanceof UserError || error instanceof EnvironmentError) return error;
  if (error instanceof Error && error.name === "AbortError") return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new EnvironmentError(`The engine at ${engine.address} failed: ${reason}.`, { cause: error });
}

/** The engine's name as people write it. */
export function engineName(engine: Engine): string {
  return engine.kind === "podman" ? "Podman" : "Docker";
}
