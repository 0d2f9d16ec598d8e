import { fitsGlob } from "../../kernel/glob.ts";
import { builtInKinds, isSecret } from "./finding.ts";
import { type Action, actions, type Treatment } from "./redact.ts";
import type { GuardrailSettings } from "./settings.ts";

/** What of an exchange a rule is about. */
export type Place = "input" | "output" | "tool-arguments" | "tool-result";
export type GuardRule = GuardrailSettings["rules"][number];

/** Whose request it is, for rules that hold for some. */
export interface Whose {
  readonly keyId: string;
  readonly key: string;
  readonly project: string;
  /** By the name the client asks for. */
  readonly model: string;
}

/** What is done, by kind. */
export type Treatments = ReadonlyMap<string, Treatment>;

/** What the rules say of one place of this request. Of several that name a kind the strictest counts. */
export function treatmentsFor(rules: readonly GuardRule[], place: Place, whose: Whose): Treatments {
  const found = new Map<string, Treatment>();
  for (const rule of rules) {
    if (![rule.on].flat().includes(place) || !holdsFor(rule, whose)) continue;
    for (const kind of rule.detect.flatMap(kindsOf)) {
      const before = found.get(kind);
      if (before === undefined || weight(rule.do) > weight(before.do))
        found.set(kind, { do: rule.do, isNumbered: rule.numbered || rule.restore, isRestored: rule.restore });
    }
  }
  return found;
}

const weight = (action: Action): number => actions.indexOf(action);

/** Lists that are empty take everybody; a model that is not known may be any. */
export function holdsFor(
  { keys, projects, models }: Pick<GuardRule, "keys" | "projects" | "models">,
  { key, project, model }: Omit<Whose, "model"> & { readonly model: string | undefined },
): boolean {
  const fits = (globs: readonly string[], name: string): boolean =>
    globs.length === 0 || globs.some((glob) => fitsGlob(glob, name));
  return fits(keys, key) && fits(projects, project) && (model === undefined || fits(models, model));
}

/** The kinds that a word of a rule stands for. */
function kindsOf(word: string): readonly string[] {
  switch (word) {
    case "all":
      return builtInKinds;
    case "secrets":
      return builtInKinds.filter(isSecret);
    case "pii":
      return builtInKinds.filter((kind) => !isSecret(kind));
    default:
      return [word];
  }
}
