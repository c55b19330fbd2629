import { UserError } from "../errors.ts";
import type { RuleOutline } from "../rule.ts";
import { didYouMean } from "./suggest.ts";

/** All rules by id and by name: the two are interchangeable wherever a rule is named. */
export interface RuleCatalog<R extends RuleOutline = RuleOutline> {
  readonly rules: readonly R[];
  /** The rule that `word` names, letters of any case; `null` when there is none. */
  readonly find: (word: string) => R | null;
  /** As `find`; throws a `UserError` with a suggestion when there is no such rule. */
  readonly get: (word: string) => R;
  /** `Did you mean ...?` for a word that names no rule. */
  readonly suggest: (word: string) => string | undefined;
}

/** The catalog of these rules. */
export function ruleCatalog<R extends RuleOutline>(rules: readonly R[]): RuleCatalog<R> {
  const byWord = new Map<string, R>();
  for (const rule of rules) {
    byWord.set(rule.id.toLowerCase(), rule);
    byWord.set(rule.name, rule);
  }
  const find = (word: string): R | null => byWord.get(word.toLowerCase()) ?? null;
  const suggest = (word: string): string | undefined =>
    didYouMean(
      word,
      rules.flatMap((rule) => [rule.id, rule.name]),
    );
  return {
    rules,
    find,
    suggest,
    get(word) {
      const rule = find(word);
      if (rule !== null) return rule;
      throw new UserError(`There is no rule \`${word}\`.`, {
        help: suggest(word) ?? "`trainlint rules` lists all rules.",
      });
    },
  };
}
