/** One shape of the API's model; a shape names others by their names. Lengths are in characters or entries. */
export interface Shape {
  readonly type: "structure" | "list" | "map" | "string" | "integer" | "long" | "boolean";
  /** Structures: member name → shape name. */
  readonly members?: { readonly [name: string]: string };
  readonly required?: readonly string[];
  /** Lists: the shape of each item. */
  readonly member?: string;
  /** Maps: the shapes of keys and values. */
  readonly key?: string;
  readonly value?: string;
  /** Strings: length; lists and maps: number of entries; numbers: the value itself. */
  readonly min?: number;
  readonly max?: number;
  /** Java dialect, matched against the whole string. */
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly box?: boolean;
}
