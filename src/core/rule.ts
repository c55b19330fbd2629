import type { DockerfileModel } from "./dockerfile/model.ts";
import type { Fix, Location, Related, Severity, SubjectKind } from "./finding.ts";
import type { ImageModel, ImageNeeds } from "./image/model.ts";
import type { JobModel } from "./job/model.ts";
import type { LaunchPart } from "./job/replaced.ts";
import type { Json } from "./json.ts";
import type { Role } from "./role/sign.ts";
import type { Transcript } from "./run/transcript.ts";

/** The model of each kind of subject. */
export interface Subjects {
  readonly dockerfile: DockerfileModel;
  readonly image: ImageModel;
  readonly run: Transcript;
  readonly job: JobModel;
}

/** One subject, or two that a cross rule looks at together. */
export type CheckKey =
  | SubjectKind
  | "image+dockerfile"
  | "run+image"
  | "job+image"
  | "job+dockerfile"
  | "job+run";

type KindsOf<K extends string> = K extends `${infer A}+${infer B}` ? A | KindsOf<B> : K;

/** What the check for `K` gets: the model itself, or for a pair an object with both. */
export type CheckInput<K extends CheckKey> = K extends SubjectKind
  ? Subjects[K]
  : Pick<Subjects, KindsOf<K> & SubjectKind>;

/** What a message says: what is wrong and what SageMaker will do because of it; and what to change. */
export interface MessageText {
  readonly message: string;
  readonly help: string;
}

/** Each message is a function of named arguments, so that a rule can't forget one. */
export type Messages = { readonly [id: string]: (args: never) => MessageText };

/** A message with the id that it has in its rule. */
export interface ComposedMessage extends MessageText {
  readonly messageId: string;
}

export type Composers<M extends Messages> = {
  readonly [K in keyof M]: (...args: Parameters<M[K]>) => ComposedMessage;
};

/** What a check yields: a message and where; the severity only where it is not the rule's. */
export interface Report extends ComposedMessage {
  readonly at: Location;
  readonly severity?: Severity;
  readonly evidence?: { readonly [key: string]: Json };
  readonly related?: readonly Related[];
  readonly fix?: Fix;
}

/**
 * What a check yields when it can't judge this subject (a run that ended before the stop says nothing about
 * SIGTERM). It becomes an entry of the report's `skipped`, which is not a pass.
 */
export interface Skip {
  readonly skip: string;
}

/** One option of a rule; the configuration's schema and its checks are made from it. */
export interface OptionSpec {
  readonly type: "string" | "integer" | "number" | "boolean" | "string-list";
  readonly default: string | number | boolean | readonly string[];
  readonly description: string;
}

export type OptionSpecs = { readonly [name: string]: OptionSpec };

type OptionValue<S extends OptionSpec> = S["type"] extends "string"
  ? string
  : S["type"] extends "integer" | "number"
    ? number
    : S["type"] extends "boolean"
      ? boolean
      : readonly string[];

export type OptionValues<O extends OptionSpecs> = { readonly [K in keyof O]: OptionValue<O[K]> };

/** What a check gets besides its subject. */
export interface RuleContext<M extends Messages, O extends OptionSpecs> {
  readonly messages: Composers<M>;
  readonly options: OptionValues<O>;
  /** Everything that is judged in this pass. A check must do without; a cross check asks for what it needs. */
  readonly alongside: Partial<Subjects>;
}

export type Checks<M extends Messages, O extends OptionSpecs> = {
  readonly [K in CheckKey]?: (subject: CheckInput<K>, context: RuleContext<M, O>) => Iterable<Report | Skip>;
};

/** A source for what a rule claims. */
export interface Reference {
  readonly title: string;
  readonly url: string;
}

/** What an example must yield. `at` is `line:column-line:column` for text, else the pointer, path or event. */
export interface ExpectedFinding {
  readonly messageId: string;
  readonly severity?: Severity;
  readonly message: string;
  readonly at: string;
}

/**
 * A case that is shown in the docs and run as a test. Without `findings` it is a good example.
 * `dockerfile` is the file's text; `files` its build context; `image`, `run` and `job` are models.
 */
export interface RuleExample {
  readonly title: string;
  readonly dockerfile?: string;
  /** The platform that the Dockerfile is built for, as with `docker build --platform`. */
  readonly buildPlatform?: string;
  readonly files?: { readonly [path: string]: string | { readonly text: string; readonly mode: number } };
  readonly image?: ImageModel;
  readonly run?: Transcript;
  readonly job?: string;
  readonly findings?: readonly ExpectedFinding[];
}

/** The one hand-written place that knows a rule. Docs, schemas, `explain` and SARIF are made from it. */
export interface RuleDefinition<M extends Messages = Messages, O extends OptionSpecs = OptionSpecs> {
  readonly id: string;
  readonly name: string;
  /** One sentence, no full stop needed by lists; what the rule finds. */
  readonly summary: string;
  /** Markdown: why it matters on SageMaker, what the user would see. */
  readonly rationale: string;
  readonly refs: readonly Reference[];
  readonly severity: Severity;
  /** How sure a finding of this rule is. */
  readonly precision: "very-high" | "high" | "medium";
  /** Of which images it speaks; of training images alone when missing. Others are not judged by it. */
  readonly roles?: readonly Role[];
  /**
   * Set where hosting would suffer as well: a mere guess that the image is made for another role then changes nothing.
   * What the user says of the role still counts.
   */
  readonly standsOnGuess?: boolean;
  /**
   * The part of the default launch, ENTRYPOINT with the argument `train`, that its judgement rests on (that of a run
   * excepted). It says nothing about a job whose request replaces that part.
   */
  readonly assumes?: readonly LaunchPart[];
  readonly options: O;
  /** What it needs of an image; absent for rules that look at no image. */
  readonly needs?: ImageNeeds;
  readonly messages: M;
  readonly check: Checks<M, O>;
  readonly examples: readonly RuleExample[];
}

/** A rule as the engine runs it: its own message and option types no longer matter. */
export interface Rule extends Omit<RuleDefinition, "check" | "messages" | "roles"> {
  readonly roles: readonly Role[];
  /** The kinds of subject it looks at, in a fixed order. */
  readonly subjects: readonly SubjectKind[];
  /** Alternatives: each entry is the set of subjects that one check needs together. */
  readonly checks: readonly {
    readonly key: CheckKey;
    readonly needs: readonly [SubjectKind, ...SubjectKind[]];
    readonly run: (
      subjects: Partial<Subjects>,
      options: OptionValues<OptionSpecs>,
    ) => Iterable<Report | Skip>;
  }[];
  readonly messageIds: readonly string[];
}

/** What a rule is called, how it is configured and what it looks at: enough to say why it did not run. */
export type RuleOutline = Omit<Rule, "rationale" | "refs" | "messageIds" | "examples">;

/** An outline as data, for `outlined`. */
export interface OutlineData extends Omit<RuleOutline, "checks" | "needs"> {
  /** The subjects that each check needs. */
  readonly checks: readonly CheckKey[];
}

/** The outline of a rule whose code is not loaded, for those who have not the subjects that its checks need. */
export function outlined({ checks, ...data }: OutlineData): RuleOutline {
  const run = (): never => {
    throw new Error(`${data.id} is not loaded`);
  };
  return { ...data, checks: checks.map((key) => ({ key, needs: needsOf(key), run })) };
}

function needsOf(key: CheckKey): readonly [SubjectKind, ...SubjectKind[]] {
  return key.split("+") as [SubjectKind, ...SubjectKind[]];
}

const SUBJECT_ORDER: readonly SubjectKind[] = ["dockerfile", "image", "run", "job"];

/** Makes a rule of its definition: messages learn their ids, `subjects` follows from the checks. */
export function defineRule<const M extends Messages, const O extends OptionSpecs>(
  definition: RuleDefinition<M, O>,
): Rule {
  const messages = composers(definition.messages);
  const keys = Object.keys(definition.check) as CheckKey[];
  const checks = keys.map((key) => {
    const needs = needsOf(key);
    return {
      key,
      needs,
      run(subjects: Partial<Subjects>, options: OptionValues<OptionSpecs>): Iterable<Report | Skip> {
        const check = definition.check[key] as (
          subject: unknown,
          context: RuleContext<M, O>,
        ) => Iterable<Report | Skip>;
        const input = needs.length === 1 ? subjects[needs[0]] : subjects;
        return check(input, { messages, options: options as OptionValues<O>, alongside: subjects });
      },
    };
  });
  const { check: _check, messages: _messages, ...rest } = definition;
  return {
    ...rest,
    roles: definition.roles ?? ["training"],
    subjects: SUBJECT_ORDER.filter((kind) => checks.some((check) => check.needs.includes(kind))),
    checks,
    messageIds: Object.keys(definition.messages),
  };
}

function composers<M extends Messages>(messages: M): Composers<M> {
  const entries = Object.entries(messages).map(([messageId, compose]) => [
    messageId,
    (args: never): ComposedMessage => ({ messageId, ...compose(args) }),
  ]);
  return Object.fromEntries(entries) as Composers<M>;
}

/** The severity a finding gets when the configuration says nothing else. */
export type RuleLevel = Severity | "off";

/** What the user decided about a rule. */
export interface RuleSetting {
  /** Replaces the severity of all of the rule's findings; `off` disables the rule. */
  readonly level?: RuleLevel;
  readonly options?: { readonly [name: string]: Json };
}
