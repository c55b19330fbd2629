/** The image configuration that SageMaker will get, in OCI's names. */
export interface ShownConfig {
  readonly Entrypoint: readonly string[] | null;
  readonly Cmd: readonly string[] | null;
  /** `NAME=value`. */
  readonly Env: readonly string[];
  readonly WorkingDir: string | null;
  /** "" is root. */
  readonly User: string | null;
  readonly Volumes: { readonly [path: string]: object } | null;
  readonly ExposedPorts: { readonly [port: string]: object } | null;
  readonly Labels: { readonly [name: string]: string } | null;
  readonly StopSignal: string | null;
  readonly Healthcheck: object | null;
  readonly Shell: readonly string[] | null;
}

/** What `trainlint show` tells, and prints as JSON. */
export interface Shown {
  readonly subject: { readonly kind: "dockerfile" | "image" | "job"; readonly name: string };
  readonly config: ShownConfig | null;
  /** Members of `config` whose value rests on a base that is not known, with the reason. */
  readonly unknown: readonly string[];
  readonly reasons: { readonly [name: string]: string };
  /** Members of `config` that a public base image passes on, and where that is known from; `null` without one. */
  readonly inherited: {
    readonly names: readonly string[];
    readonly base: string;
    readonly source: string;
    /** YYYY-MM-DD. */
    readonly asOf: string;
  } | null;
  /** The command of PID 1; `argv` is `null` where it rests on something unknown. */
  readonly launch: {
    readonly argv: readonly string[] | null;
    /** What follows the entrypoint: `train`, or the request's own words. */
    readonly args: readonly string[];
    /** Words that the image has and that SageMaker does not use. */
    readonly dropped: readonly {
      readonly what: string;
      readonly words: readonly string[];
      readonly why: string;
    }[];
    /** What a reader of `argv` may miss, a sentence each. */
    readonly notes: readonly string[];
  };
}
