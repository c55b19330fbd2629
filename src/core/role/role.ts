import type { Subjects } from "../rule.ts";
import { dockerfileSigns } from "./dockerfile-signs.ts";
import { imageSigns } from "./image-signs.ts";
import type { Role, RoleSign, RoleSigns } from "./sign.ts";

/** What an image counts as while it is judged, and how that is known. */
export interface RoleInForce {
  readonly role: Role;
  /** `given` by the user; `guessed` from signs; `default`: nothing speaks against a training image. */
  readonly basis: "given" | "guessed" | "default";
  /** What the guess rests on, in words that follow "because"; `null` without a guess. */
  readonly because: string | null;
  /** False for a guess that could well be wrong: rules for other roles then apply, but never as errors. */
  readonly certain: boolean;
}

/** A training image, for want of anything that says otherwise. */
export const TRAINING: RoleInForce = { role: "training", basis: "default", because: null, certain: true };

/**
 * What the subjects are made for: what the user says, else a guess from the Dockerfile and the image. Whoever
 * gives a training-job request or makes a smoke run means a training image.
 */
export function roleOf(given: Role | null, subjects: Partial<Subjects>): RoleInForce {
  if (given !== null) return { role: given, basis: "given", because: null, certain: true };
  if (subjects.job !== undefined || subjects.run !== undefined) return TRAINING;
  const all: RoleSigns[] = [];
  if (subjects.dockerfile !== undefined) all.push(dockerfileSigns(subjects.dockerfile));
  if (subjects.image !== undefined) all.push(imageSigns(subjects.image));
  if (all.some(({ training }) => training !== null)) return TRAINING;
  const signs = all.flatMap(({ others }) => others);
  const sign = signs.find(({ certain }) => certain) ?? signs[0];
  return sign === undefined ? TRAINING : guessed(sign);
}

function guessed({ role, because, certain }: RoleSign): RoleInForce {
  return { role, basis: "guessed", because, certain };
}

/** Why a rule for images of other roles does not look. */
export function skipReason({ role, basis, because }: RoleInForce): string {
  if (basis === "given")
    return `the configuration or --role says that this is made for ${role}, not for training`;
  return `this looks like an image for ${role}, because ${because}; --role training judges it all the same`;
}

/** What is added to the help of a finding that a guess about the role has made less grave. */
export function doubt({ role, because }: RoleInForce): string {
  return `If this image is made for ${role} (it looks so, because ${because}), say so with \`role: ${role}\` in the configuration or --role ${role}; --role training makes this count in full.`;
}
