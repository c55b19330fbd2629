import type { Finding, Location } from "./finding.ts";
import { fingerprintOf } from "./fingerprint.ts";
import type { Json } from "./json.ts";
import {
  type ComposedMessage,
  type Composers,
  defineRule,
  type Messages,
  type OptionSpecs,
  type Rule,
  type RuleDefinition,
  type RuleSetting,
} from "./rule.ts";

/**
 * A rule about trainlint's own input (TL9xx): it looks at no subject, so it has no check. Whoever finds the
 * trouble composes the message with `compose`.
 */
export type InputRule<M extends Messages> = Rule & { readonly compose: Composers<M> };

export function defineInputRule<const M extends Messages>(
  definition: Omit<RuleDefinition<M, OptionSpecs>, "check" | "options" | "needs">,
): InputRule<M> {
  const rule = defineRule<M, OptionSpecs>({ ...definition, options: {}, check: {} });
  return { ...rule, compose: composersOf(definition.messages) };
}

/** The finding of an input rule; `null` when the user turned the rule off. */
export function inputFinding(
  rule: Rule,
  composed: ComposedMessage,
  at: Location,
  settings: ReadonlyMap<string, RuleSetting>,
  evidence: { readonly [key: string]: Json } = {},
): Finding | null {
  const level = settings.get(rule.id)?.level;
  if (level === "off") return null;
  return {
    ruleId: rule.id,
    rule: rule.name,
    messageId: composed.messageId,
    severity: level ?? rule.severity,
    message: composed.message,
    help: composed.help,
    fingerprint: fingerprintOf([rule.id, composed.messageId, composed.message]),
    location: at,
    evidence,
    related: [],
  };
}

function composersOf<M extends Messages>(messages: M): Composers<M> {
  const entries = Object.entries(messages).map(([messageId, compose]) => [
    messageId,
    (args: never): ComposedMessage => ({ messageId, ...compose(args) }),
  ]);
  return Object.fromEntries(entries) as Composers<M>;
}
