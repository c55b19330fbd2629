import type { Json } from "../json.ts";

/** The part of JSON Schema that the configuration is written in; `validate.ts` understands exactly this. */
export interface Schema {
  readonly description?: string;
  readonly type?: "object" | "array" | "string" | "boolean" | "integer" | "number";
  readonly enum?: readonly Json[];
  readonly properties?: { readonly [name: string]: Schema };
  readonly required?: readonly string[];
  /** `false` refuses unknown keys. */
  readonly additionalProperties?: false | Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly default?: Json;
  /** `#/$defs/NAME`. */
  readonly $ref?: string;
  /** Only at the top. */
  readonly $defs?: { readonly [name: string]: Schema };
}
