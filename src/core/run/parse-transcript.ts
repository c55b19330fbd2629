import { jsonIsDeeper } from "../depth.ts";
import { UserError } from "../errors.ts";
import type { Json } from "../json.ts";
import type { Transcript } from "./transcript.ts";
import { schemaProblem, TRANSCRIPT_SCHEMA } from "./transcript-schema.ts";

/** A transcript is small; what is larger than this many characters is none. */
const MAX_CHARACTERS = 32 * 1024 * 1024;

/** Values in values; a transcript has five levels. */
const MAX_DEPTH = 64;

/**
 * Reads the text of a transcript file.
 * @throws UserError with the place of what is wrong.
 */
export function parseTranscript(text: string, path: string): Transcript {
  const place = { path };
  const help = "`trainlint run IMAGE --transcript FILE` writes a transcript.";
  if (text.length > MAX_CHARACTERS) {
    throw new UserError(`This file is too large for a transcript (more than ${MAX_CHARACTERS} characters).`, {
      place,
      help,
    });
  }
  if (jsonIsDeeper(text, MAX_DEPTH)) {
    throw new UserError(`This is no transcript: its values nest more than ${MAX_DEPTH} levels deep.`, {
      place,
      help,
    });
  }
  let value: Json;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, "")) as Json;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(`This is not JSON: ${reason}`, { place, help, cause });
  }
  const version = versionOf(value);
  if (version !== null && version !== 1) {
    throw new UserError(`This transcript has version ${JSON.stringify(version)}; version 1 can be judged.`, {
      place,
      help: "Make the smoke run again with this version of trainlint.",
    });
  }
  const problem = schemaProblem(value, TRANSCRIPT_SCHEMA);
  if (problem !== null) {
    throw new UserError(`This is not the transcript of a smoke run: ${problem}.`, { place, help });
  }
  return value as unknown as Transcript;
}

function versionOf(value: Json): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const { kind, version } = value as { readonly [name: string]: Json };
  return kind === "run" ? (version ?? null) : null;
}
