/**
 * `texts`: several texts by name, `header["x-sallyport-team"]`. Of rules alone: `double`, `list` (of texts), and `lists`: a list of
 * texts by name, `request.headers["accept"]`.
 */
export type FactKind = "int" | "double" | "text" | "bool" | "texts" | "list" | "lists";

/** Something that an expression may ask of. */
export interface Fact {
  readonly kind: FactKind;
  /** What it is, in half a sentence. */
  readonly about: string;
  /** `texts`: the names that may be asked for, and the rule in words. */
  readonly keys?: { readonly pattern: RegExp; readonly rule: string };
  /** `list`, `lists`: how many there are at most; what is behind them is not looked at. */
  readonly sizeMax?: number;
}

/** All that an expression may ask of, by name: `ai.tools`. */
export type FactSchema = Readonly<Record<string, Fact>>;

/** What a fact is; the last two for `list` and `lists` alone. */
export type FactValue =
  | number
  | string
  | boolean
  | readonly string[]
  | Readonly<Record<string, readonly string[]>>;

/** A fact as it is now; `key` for one of several texts, or for one of several lists. Integers are whole numbers. */
export type FactOf = (name: string, key?: string) => FactValue;

/** A fact that an expression names; `key`: one of several. */
export interface Read {
  readonly name: string;
  readonly key?: string;
}

/** Whether a condition holds; `fault`: why that could not be told, and then it does not. */
export interface Holding {
  readonly isTrue: boolean;
  readonly fault?: string;
}

/** A condition that has been checked. It asks for those facts only which it names. */
export type Condition = (factOf: FactOf) => Holding;

export type Compiled =
  | { readonly kind: "condition"; readonly condition: Condition }
  /** `message`: a sentence without full stop; `at` counts the characters of the text from 1. */
  | { readonly kind: "problem"; readonly message: string; readonly at: number };

/** What an expression makes of the facts; `fault`: why that could not be told. */
export type Made = { readonly value: string | number | boolean } | { readonly fault: string };

export type CompiledValue =
  | { readonly kind: "value"; readonly make: (factOf: FactOf) => Made }
  | Extract<Compiled, { kind: "problem" }>;

/** A pattern that takes linear time; `find`: the first match from `from` on, `end` exclusive. */
export type CompiledPattern =
  | {
      readonly kind: "pattern";
      readonly find: (
        text: string,
        from: number,
      ) => { readonly start: number; readonly end: number } | undefined;
    }
  | { readonly kind: "problem"; readonly message: string };
/** A rule that has been checked: which facts it names, and what it takes at worst, in steps. */
export type CompiledRule =
  | {
      readonly kind: "rule";
      readonly condition: Condition;
      readonly reads: readonly Read[];
      readonly cost: number;
    }
  | Extract<Compiled, { kind: "problem" }>;

/** What a rule may name besides facts. */
export interface RuleWorld {
  readonly facts: FactSchema;
  /** Of `inList("name", value)`. */
  readonly lists: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * Conditions in a language that an operator writes. Compiling finds every name that is no fact and every type that
 * does not fit, and evaluating is synchronous, has no effect, and takes a time that the length of the text bounds.
 * Neither throws. Implementation: `platform/cel`.
 */
export interface Expressions {
  readonly compile: (text: string, facts: FactSchema) => Compiled;
  /** The same for what comes to a text, a number or a truth; texts may be put together in it. */
  readonly compileValue: (text: string, facts: FactSchema) => CompiledValue;
  /** A pattern of RE2: without anything that would take more than linear time. */
  readonly pattern: (text: string) => CompiledPattern;
  /**
   * The same for rules, which may do more: go through lists, look for patterns (in linear time), ask for networks and
   * named lists. What one takes at worst is known before it runs, and is at most 10,000 steps.
   */
  readonly compileRule: (text: string, world: RuleWorld) => CompiledRule;
}
