import { absolutePath } from "../paths.ts";
import type { SourceText } from "../text.ts";
import { VersionedMap } from "../versioned-map.ts";
import { assignmentsOf } from "./assignments.ts";
import { execForm } from "./exec-form.ts";
import { healthcheckOf } from "./healthcheck.ts";
import type {
  Base,
  CommandLine,
  EffectiveConfig,
  Instruction,
  KnownBase,
  Setting,
  Stage,
  Step,
  Value,
} from "./model.ts";
import { addArguments } from "./stages.ts";
import { expandWord, type Lookup } from "./variables.ts";
import { splitWords } from "./words.ts";

const DEFAULT_SHELL = ["/bin/sh", "-c"];
const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Predefined build arguments; they are never part of the image. */
const PREDEFINED = [
  "HTTP_PROXY",
  "http_proxy",
  "HTTPS_PROXY",
  "https_proxy",
  "FTP_PROXY",
  "ftp_proxy",
  "NO_PROXY",
  "no_proxy",
  "ALL_PROXY",
  "all_proxy",
];

/** What stays the same for the whole file. */
export interface BuildInputs {
  readonly escapeChar: string;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly globalArgs: ReadonlyMap<string, Setting<string>>;
}

/**
 * The image configuration while the builder works through a lineage, by the dispatch rules of BuildKit's
 * `dockerfile2llb`. Collects each instruction together with the state that it meets.
 */
export class ConfigBuilder {
  readonly steps: Step[] = [];
  private readonly inputs: BuildInputs;
  private entrypoint: Setting<CommandLine | null>;
  private cmd: Setting<CommandLine | null>;
  private readonly env = new VersionedMap<Setting<string>>();
  private readonly args = new VersionedMap<Setting<string>>();
  private complete: Value<true>;
  private volumesComplete: Value<true>;
  private portsComplete: Value<true>;
  private workingDir: Setting<string>;
  private user: Setting<string>;
  private volumes = new Map<string, Instruction | null>();
  private ports = new Map<string, Instruction | null>();
  private labels = new Map<string, Setting<string>>();
  private stopSignal: Setting<string | null>;
  private shell: Setting<readonly string[] | null>;
  private healthcheck: Setting<EffectiveConfig["healthcheck"] extends Setting<infer H> ? H : never>;
  private onbuild: Instruction[] = [];
  private cmdSet = false;
  private stage = 0;

  constructor(base: Base, inputs: BuildInputs) {
    this.inputs = inputs;
    const known = base.kind === "image" ? base.known : null;
    const why = whyUnknown(base);
    const from = <T>(value: T | undefined, scratch: T): Setting<T> => {
      if (why === null) return { known: true, value: scratch, instruction: null };
      if (value === undefined) return { known: false, why, instruction: null };
      return { known: true, value, instruction: null };
    };
    const config: KnownBase["config"] = known?.config ?? {};
    this.complete = why === null ? { known: true, value: true } : { known: false, why };
    this.volumesComplete = this.complete;
    this.portsComplete = this.complete;
    this.entrypoint = from(inherited(config.Entrypoint), null);
    this.cmd = from(inherited(config.Cmd), null);
    this.workingDir = from(config.WorkingDir, "/");
    this.user = from(config.User, "");
    this.stopSignal = from(undefined, null);
    this.shell = from(config.Shell ?? (known?.kind === "plain" ? null : undefined), null);
    this.healthcheck = from(undefined, null);
    if (base.kind === "scratch")
      this.env.set("PATH", { known: true, value: DEFAULT_PATH, instruction: null });
    for (const [name, value] of Object.entries(config.Env ?? {})) {
      this.env.set(name, { known: true, value, instruction: null });
    }
  }

  /**
   * Works through one stage: first the ONBUILD triggers that its parent left, then its own instructions. A
   * stage inherits the ARGs of the stage it is built on, and there ENV wins.
   */
  runStage(stage: Stage): void {
    this.stage = stage.index;
    for (const name of PREDEFINED) {
      const value = this.inputs.buildArgs[name];
      if (value !== undefined) this.args.set(name, { known: true, value, instruction: null });
    }
    for (const name of this.env.snapshot().keys()) this.args.delete(name);
    this.cmdSet = false;
    const triggers = this.onbuild.flatMap(({ trigger }) => (trigger === null ? [] : [trigger]));
    this.onbuild = [];
    for (const instruction of [...triggers, ...stage.instructions]) this.dispatch(instruction);
  }

  config(): EffectiveConfig {
    return {
      entrypoint: this.entrypoint,
      cmd: this.cmd,
      env: this.env.snapshot(),
      envComplete: this.complete,
      workingDir: this.workingDir,
      user: this.user,
      volumes: this.volumes,
      volumesComplete: this.volumesComplete,
      exposedPorts: this.ports,
      exposedPortsComplete: this.portsComplete,
      labels: this.labels,
      labelsComplete: this.complete,
      stopSignal: this.stopSignal,
      shell: this.shell,
      healthcheck: this.healthcheck,
      onbuild: this.onbuild.map((instruction) => instruction.arguments.text),
    };
  }

  private dispatch(instruction: Instruction): void {
    this.steps.push({
      instruction,
      stage: this.stage,
      env: this.env.snapshot(),
      envComplete: this.complete,
      args: this.args.snapshot(),
      workingDir: this.workingDir,
      shell: this.shell.known ? this.shell.value : null,
      user: this.user,
    });
    const set = <T>(value: T): Setting<T> => ({ known: true, value, instruction });
    switch (instruction.keyword) {
      case "ENTRYPOINT":
        this.entrypoint = this.commandLine(instruction);
        if (!this.cmdSet) this.cmd = { known: true, value: null, instruction };
        return;
      case "CMD":
        this.cmd = this.commandLine(instruction);
        this.cmdSet = true;
        return;
      case "ENV":
        this.addEnvironment(instruction);
        return;
      case "ARG":
        this.addArguments(instruction);
        return;
      case "LABEL":
        this.addLabels(instruction);
        return;
      case "WORKDIR":
        this.workingDir = { ...this.changeDirectory(this.expand(instruction.arguments.text)), instruction };
        return;
      case "USER":
        this.user = { ...this.expand(instruction.arguments.text), instruction };
        return;
      case "VOLUME":
        this.addVolumes(instruction);
        return;
      case "EXPOSE":
        this.addPorts(instruction);
        return;
      case "STOPSIGNAL":
        this.stopSignal = { ...this.expand(instruction.arguments.text), instruction };
        return;
      case "SHELL": {
        const form = execForm(instruction.arguments);
        if (form.form === "exec") this.shell = set(form.elements);
        return;
      }
      case "HEALTHCHECK":
        this.healthcheck = set(healthcheckOf(instruction, (line) => this.shellForm(line)));
        return;
      case "ONBUILD":
        this.onbuild.push(instruction);
        return;
    }
  }

  private commandLine(instruction: Instruction): Setting<CommandLine | null> {
    const form = execForm(instruction.arguments);
    if (form.form === "exec") {
      const value: CommandLine | null =
        form.elements.length === 0
          ? null
          : {
              form: "exec",
              argv: form.elements,
              line: null,
              elementRanges: form.ranges,
              brokenExecForm: null,
            };
      return { known: true, value, instruction };
    }
    const line: SourceText = instruction.arguments;
    if (!this.shell.known) {
      const value: CommandLine = {
        form: "shell",
        argv: [...DEFAULT_SHELL, line.text],
        line,
        elementRanges: [],
        brokenExecForm: form.broken,
      };
      return { known: true, value, instruction };
    }
    const argv = this.shellForm(line.text);
    return {
      known: true,
      value: { form: "shell", argv, line, elementRanges: [], brokenExecForm: form.broken },
      instruction,
    };
  }

  private shellForm(line: string): string[] {
    const shell = this.shell.known ? this.shell.value : null;
    return [...(shell ?? DEFAULT_SHELL), line];
  }

  private addEnvironment(instruction: Instruction): void {
    const lookup = this.lookup();
    const updates = assignmentsOf(instruction.arguments, this.inputs.escapeChar).map(({ name, value }) => ({
      name: this.expandWith(name, lookup),
      value: this.expandWith(value ?? "", lookup),
    }));
    for (const { name, value } of updates) {
      if (!name.known) continue;
      this.env.set(name.value, { ...value, instruction });
      this.args.delete(name.value);
    }
  }

  private addArguments(instruction: Instruction): void {
    const lookup = this.lookup();
    const { escapeChar, buildArgs, globalArgs } = this.inputs;
    addArguments(this.args, instruction, escapeChar, buildArgs, globalArgs, lookup);
  }

  private addLabels(instruction: Instruction): void {
    const lookup = this.lookup();
    for (const { name, value } of assignmentsOf(instruction.arguments, this.inputs.escapeChar)) {
      const key = this.expandWith(name, lookup);
      if (key.known) this.labels.set(key.value, { ...this.expandWith(value ?? "", lookup), instruction });
    }
  }

  private changeDirectory(path: Value<string>): Value<string> {
    if (!path.known) return path;
    if (path.value.startsWith("/")) return { known: true, value: absolutePath("/", path.value) };
    if (!this.workingDir.known) return { known: false, why: this.workingDir.why };
    return { known: true, value: absolutePath(this.workingDir.value, path.value) };
  }

  private addVolumes(instruction: Instruction): void {
    const form = execForm(instruction.arguments);
    const words = form.form === "exec" ? form.elements : this.wordsOf(instruction);
    for (const word of words) {
      const path = this.expand(word);
      if (!path.known) this.volumesComplete = path;
      else if (path.value !== "") this.volumes.set(path.value, instruction);
    }
  }

  private addPorts(instruction: Instruction): void {
    for (const word of this.wordsOf(instruction)) {
      const value = this.expand(word);
      if (!value.known) this.portsComplete = value;
      else for (const port of portsOf(value.value)) this.ports.set(port, instruction);
    }
  }

  private wordsOf(instruction: Instruction): string[] {
    return splitWords(instruction.arguments.text, this.inputs.escapeChar).map((word) => word.text);
  }

  private lookup(): Lookup {
    // As before the instruction: `ARG A=2 B=$A` sees the A of an earlier line.
    const [env, args] = [this.env.snapshot(), this.args.snapshot()];
    return (name) => {
      const value = args.get(name) ?? env.get(name);
      if (value !== undefined) return value;
      return this.complete.known ? null : { known: false, why: this.complete.why };
    };
  }

  private expand(word: string): Value<string> {
    return this.expandWith(word, this.lookup());
  }

  private expandWith(word: string, lookup: Lookup): Value<string> {
    return expandWord(word, lookup, this.inputs.escapeChar);
  }
}

/** `80`, `80/udp`, `8000-8010`, `ip:host:80`: what EXPOSE leaves of it is the container's ports. */
function portsOf(text: string): string[] {
  return text.split(/\s+/).flatMap((word) => {
    if (word === "") return [];
    const [range = "", protocol = "tcp"] = word.split("/");
    const ports = range.slice(range.lastIndexOf(":") + 1);
    const [first = "", last = first] = ports.split("-");
    const from = Number(first);
    const to = Math.min(Number(last), from + 65_535);
    const suffix = protocol.toLowerCase();
    if (!Number.isInteger(from) || !Number.isInteger(to)) return [`${ports}/${suffix}`];
    return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => `${from + index}/${suffix}`);
  });
}

function inherited(argv: readonly string[] | null | undefined): CommandLine | null | undefined {
  if (argv === undefined || argv === null) return argv;
  return { form: "exec", argv, line: null, elementRanges: [], brokenExecForm: null };
}

function whyUnknown(base: Base): string | null {
  switch (base.kind) {
    case "scratch":
    case "stage":
      return null;
    case "unknown":
      return `the base image is not known: ${base.why}`;
    case "image":
      return `it may be set by the base image ${base.reference}`;
  }
}
