import type { RuleLevel } from "../core/rule.ts";
import type { FailOn } from "../core/verdict.ts";

/** What all commands that judge something have in common. */
export interface JudgeRequest {
  /** Folder that relative paths count from. */
  readonly cwd: string;
  /** Today, YYYY-MM-DD: ignore comments may end. */
  readonly today: string;
  /** `--config`; `null` to search upwards, `false` for none at all. */
  readonly config: string | null | false;
  /** `--rule` by id or name, in the order given. */
  readonly ruleLevels: readonly { readonly rule: string; readonly level: RuleLevel }[];
  /** `--fail-on`; `null` leaves it to the configuration. */
  readonly failOn: FailOn | null;
  /** False with `--no-inline-config`. */
  readonly inlineConfig: boolean;
  readonly requireReason: boolean;
  readonly baseline: string | null;
  readonly writeBaseline: string | null;
  /** Told what is going on, in a few words; silent where nobody would see it. */
  readonly progress: (message: string) => void;
}

/** How Dockerfiles are to be understood. */
export interface DockerfileRequest {
  readonly target: string | null;
  readonly buildArgs: Readonly<Record<string, string>>;
  /** Build context; by default the folder of the Dockerfile. */
  readonly context: string | null;
  readonly platform: string | null;
}
