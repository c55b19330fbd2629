import { isObject, type Json } from "../json.ts";
import type { JobModel } from "./model.ts";
import { pointerOf } from "./pointer.ts";

/** The bucket of an `s3://` address; `null` for other addresses. */
export function bucketOf(uri: string): string | null {
  return /^s3:\/\/([^/]+)/.exec(uri)?.[1] ?? null;
}

/** Whether a bucket's name says that it is a directory bucket (S3 Express One Zone). */
export function isDirectoryBucket(bucket: string): boolean {
  return bucket.endsWith("--x-s3");
}

/**
 * What is wrong with the name of a directory bucket; `null` when nothing is.
 * Source: "Directory bucket naming rules", Amazon S3 user guide.
 */
export function directoryBucketFault(bucket: string): string | null {
  if (bucket.length < 3 || bucket.length > 63) return `it has ${bucket.length} characters, not 3 to 63`;
  if (!/^[a-z0-9-]+$/.test(bucket)) return "it may hold only lower case letters, digits and hyphens";
  if (!/^[a-z0-9]/.test(bucket)) return "it must begin with a letter or a digit";
  if (!/^.+?--[a-z0-9]+(?:-[a-z0-9]+)+--x-s3$/.test(bucket)) {
    return "it must have the form base--zone-id--x-s3, such as data--use1-az4--x-s3";
  }
  return null;
}

/** Every string of the request that is an `s3://` address, with its pointer. */
export function* s3Uris(job: JobModel): Generator<{ readonly uri: string; readonly pointer: string }> {
  const open = new Set(job.placeholders.map(({ pointer }) => pointer));
  for (const [name, value] of Object.entries(job.request)) {
    if (name === "HyperParameters" || name === "Environment") continue;
    for (const found of strings(value, pointerOf(name))) {
      if (!open.has(found.pointer) && found.uri.startsWith("s3://")) yield found;
    }
  }
}

function* strings(value: Json, pointer: string): Generator<{ uri: string; pointer: string }> {
  if (typeof value === "string") yield { uri: value, pointer };
  else if (Array.isArray(value)) {
    for (const [index, item] of (value as readonly Json[]).entries())
      yield* strings(item, pointer + pointerOf(index));
  } else if (isObject(value)) {
    for (const [name, item] of Object.entries(value)) yield* strings(item, pointer + pointerOf(name));
  }
}
