import type { Identity } from "../../exchange/identity.ts";
import { isJsonObject, type Json, type JsonObject } from "../../kernel/json.ts";
import type { TokenFault } from "./refusal.ts";
import { readScope } from "./scope-words.ts";
import type { ClaimRule, IssuerSettings } from "./settings.ts";

/** Who somebody is by the word of another. */
export type Vouched = Pick<
  Identity,
  "subject" | "tenant" | "user" | "roles" | "scopes" | "models" | "priority"
> & { readonly project?: string };

export type Mapped =
  | { readonly kind: "identity"; readonly vouched: Vouched }
  | { readonly kind: "refuse"; readonly fault: TokenFault };

const valuesMax = 200;
const valueLengthMax = 500;
/** Names of tenants and projects go into headers, records and metrics. */
const id = /^[A-Za-z0-9][A-Za-z0-9._:@-]{0,99}$/;

/**
 * Who the bearer of a token is, by the rules of its issuer. A rule that narrows what may be done and gives nothing is no
 * leave for everything: such a token is refused.
 */
export function mapClaims(claims: JsonObject, rules: IssuerSettings["claims"]): Mapped {
  const subject = claims["sub"];
  if (typeof subject !== "string") return { kind: "refuse", fault: "subject" };
  const tenant = one(claims, rules.tenant);
  if (tenant === undefined || !id.test(tenant)) return { kind: "refuse", fault: "tenant" };
  const project = maybe(rules.project, (rule) => one(claims, rule));
  const scope = maybe(rules.scopes, (rule) => readScope(valuesOf(claims, rule)));
  const models = maybe(rules.models, (rule) => valuesOf(claims, rule));
  const narrowed = [
    [rules.project, project !== undefined && id.test(project)],
    [rules.scopes, scope !== undefined],
    [rules.models, models !== undefined && models.length > 0],
  ] as const;
  if (narrowed.some(([rule, isGiven]) => rule !== undefined && !isGiven))
    return { kind: "refuse", fault: "unmapped_claim" };
  const user = rules.user === undefined ? subject : one(claims, rules.user);
  const priority = priorityOf(maybe(rules.priority, (rule) => one(claims, rule)));
  return {
    kind: "identity",
    vouched: {
      ...{ subject, tenant },
      ...known({ project, user, priority }),
      roles: maybe(rules.roles, (rule) => valuesOf(claims, rule)) ?? [],
      scopes: listed(scope),
      models: listed(models),
    },
  };
}

const listed = <Item>(item: Item | undefined): readonly Item[] => (item === undefined ? [] : [item]);

/** Without the members that nothing is known of. */
const known = ({
  project,
  user,
  priority,
}: {
  readonly project: string | undefined;
  readonly user: string | undefined;
  readonly priority: Identity["priority"];
}): Pick<Vouched, "project" | "user" | "priority"> => ({
  ...(project === undefined ? {} : { project }),
  ...(user === undefined ? {} : { user }),
  ...(priority === undefined ? {} : { priority }),
});

const priorityOf = (text: string | undefined): Identity["priority"] =>
  text === "interactive" || text === "batch" ? text : undefined;

const maybe = <Value>(rule: ClaimRule | undefined, read: (rule: ClaimRule) => Value): Value | undefined =>
  rule === undefined ? undefined : read(rule);

/** The one value that a rule gives; several are nobody's choice. */
function one(claims: JsonObject, rule: ClaimRule): string | undefined {
  const [value, other] = valuesOf(claims, rule);
  return other === undefined ? value : undefined;
}

/** What a rule makes of the claims, without repetitions. */
function valuesOf(claims: JsonObject, rule: ClaimRule): readonly string[] {
  if (typeof rule === "string") return textsAt(claims, rule);
  if ("value" in rule) return listOf(rule.value);
  const found = textsAt(claims, rule.claim);
  const { map } = rule;
  const mapped =
    map === undefined
      ? found
      : found.flatMap((text) => (Object.hasOwn(map, text) ? listOf(map[text] ?? []) : []));
  return mapped.length > 0 ? [...new Set(mapped)] : listOf(rule.default ?? []);
}

const listOf = (value: string | readonly string[]): readonly string[] =>
  typeof value === "string" ? [value] : value;

function textsAt(claims: JsonObject, claim: string): readonly string[] {
  const value = claim.startsWith("/") ? at(claims, claim) : own(claims, claim);
  if (isList(value)) return value.slice(0, valuesMax).flatMap(textOf);
  // Lists in one text: RFC 8693, section 4.2, "scope".
  if (typeof value === "string" && (claim === "scope" || claim === "scp"))
    return value
      .split(" ")
      .filter((word) => word !== "")
      .slice(0, valuesMax);
  return value === undefined ? [] : textOf(value);
}

const textOf = (value: Json): readonly string[] =>
  (typeof value === "string" || typeof value === "number") &&
  `${value}` !== "" &&
  `${value}`.length <= valueLengthMax
    ? [`${value}`]
    : [];

/** RFC 6901. */
function at(claims: JsonObject, pointer: string): Json | undefined {
  let value: Json | undefined = claims;
  for (const step of pointer.slice(1).split("/")) {
    const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
    if (isList(value)) value = /^(?:0|[1-9][0-9]*)$/.test(name) ? value[Number(name)] : undefined;
    else value = isJsonObject(value) ? own(value, name) : undefined;
  }
  return value;
}

const own = (object: JsonObject, name: string): Json | undefined =>
  Object.hasOwn(object, name) ? object[name] : undefined;

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);
