/** How a text is shown on a terminal. */
export type Style = (text: string) => string;

/** The styles of the text reporter. */
export interface Paint {
  readonly bold: Style;
  readonly dim: Style;
  readonly error: Style;
  readonly warning: Style;
  readonly info: Style;
  readonly help: Style;
  readonly link: Style;
  readonly removed: Style;
}

const plain: Style = (text) => text;

const PLAIN: Paint = {
  bold: plain,
  dim: plain,
  error: plain,
  warning: plain,
  info: plain,
  help: plain,
  link: plain,
  removed: plain,
};

/** Styles of this depth. chalk is loaded only for colour: it asks Node for terminals, and so for the network. */
export async function paintOf(level: 0 | 1 | 2 | 3): Promise<Paint> {
  if (level === 0) return PLAIN;
  const { Chalk } = await import("chalk");
  const chalk = new Chalk({ level });
  return {
    bold: chalk.bold,
    dim: chalk.dim,
    error: chalk.red.bold,
    warning: chalk.yellow.bold,
    info: chalk.blue.bold,
    help: chalk.green,
    link: chalk.cyan,
    removed: chalk.red,
  };
}
