import type { Severity } from "../core/finding.ts";

/** Levels of rules, by id or name: a severity instead of the rule's own, or `off`. */
export type RuleLevels = { readonly [rule: string]: Severity | "off" };

/** What all functions of the library take. */
export interface JudgeOptions {
  /** Over the levels of the configuration file. */
  readonly rules?: RuleLevels;
  /** A configuration file. By default none is looked for: a program says itself what it wants. */
  readonly config?: string;
  /** What the image is made for; by default what the configuration says, and else what the subject itself shows. */
  readonly role?: "training" | "serving" | "processing";
  /** The folder that relative paths count from; by default the working folder. */
  readonly cwd?: string;
  /** Ends what is under way. */
  readonly signal?: AbortSignal;
}

/** How a Dockerfile is built. */
export interface DockerfileOptions extends JudgeOptions {
  /** How findings call the file. Its folder is the build context where it exists. */
  readonly path?: string;
  /** The folder of the build context. */
  readonly context?: string;
  /** The stage that is built; by default the last. */
  readonly target?: string;
  /** Such as `linux/amd64`. */
  readonly platform?: string;
  /** Values for ARG. */
  readonly buildArgs?: Readonly<Record<string, string>>;
}

/** Which image is meant. */
export interface ImageOptions extends JudgeOptions {
  /** Such as `linux/amd64`, for a layout with several images. */
  readonly platform?: string;
}
