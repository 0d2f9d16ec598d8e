import type * as z from "zod";
import { epochMs, isoTime } from "../kernel/units.ts";
import { UsageError } from "./options.ts";

/** Options by which bounds of a key, a project or a tenant are told. */
export const grantOptions = {
  name: { type: "string", value: "NAME", help: "what it is called" },
  models: { type: "string", value: "GLOBS", help: "the models it may use, such as 'gpt-*,fast'" },
  residency: { type: "string", value: "ZONES", help: "where its requests must stay, such as eu or de,ch" },
  lanes: { type: "string", value: "LANES", help: "of ai, raw, service, realtime: those it may use" },
  routes: { type: "string", value: "GLOBS", help: "the routes it may use, by their ids" },
  methods: { type: "string", value: "METHODS", help: "the HTTP methods it may use, such as GET,POST" },
  tools: { type: "string", value: "GLOBS", help: "the tools that its requests may bring" },
  networks: { type: "string", value: "CIDRS", help: "where it may be used from, such as 10.0.0.0/8" },
  labels: { type: "string", value: "LABELS", help: "what it is marked with, such as team=shop,env=test" },
  expires: {
    type: "string",
    value: "TIME",
    help: "from when on it is not valid, such as 2027-01-01, or never",
  },
} as const;

type Texts = { readonly [Option in keyof typeof grantOptions]?: string | undefined };

/** The bounds that are told; what is not, is absent. An empty text takes a bound away. */
export function toldGrant(values: Texts) {
  const { name, models, residency, networks } = values;
  return present({
    name,
    models: listed(models),
    residency: listed(residency?.toLowerCase()),
    networks: listed(networks),
    scope: scopeOf(values),
    labels: values.labels === undefined ? undefined : labelsOf(values.labels),
    expiresAt: values.expires === undefined ? undefined : timeOf(values.expires),
  });
}

function scopeOf({ lanes, routes, methods, tools }: Texts) {
  const scope = present({
    lanes: listed(lanes?.toLowerCase()),
    routes: listed(routes),
    methods: listed(methods?.toUpperCase()),
    tools: listed(tools),
  });
  return Object.keys(scope).length === 0 ? undefined : scope;
}

/** Without the members that are `undefined`. */
export const present = (members: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

function listed(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  return text.trim() === "" ? [] : text.split(",").map((item) => item.trim());
}

function labelsOf(text: string): Readonly<Record<string, string>> {
  if (text.trim() === "") return {};
  const pairs = text.split(",").map((pair): [string, string] => {
    const at = pair.indexOf("=");
    if (at < 1) throw new UsageError("`--labels` takes names with values, such as `team=shop,env=test`");
    return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
  });
  return Object.fromEntries(pairs);
}

function timeOf(text: string): number | null {
  if (text === "never") return null;
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) throw new UsageError("`--expires` takes a time, such as `2027-01-01`, or `never`");
  return at;
}

/** The same rules as behind the admin API, so that it makes no difference whether a gateway is running. */
export function readWanted<Schema extends z.ZodType>(
  schema: Schema,
  wanted: Readonly<Record<string, unknown>>,
): z.output<Schema> {
  const read = schema.safeParse(wanted);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const path = issue?.path ?? [];
  const option = String(path[0] === "scope" ? path[1] : path[0]);
  throw new UsageError(faults[option] ?? `\`--${option}\`: ${issue?.message ?? "cannot be read"}`);
}

const faults: Readonly<Record<string, string>> = {
  name: "`--name` takes 1 to 100 characters",
  models: "`--models` takes at most 100 names or globs with commas between, each of 1 to 200 characters",
  residency: "`--residency` takes at most 50 zones with commas between, such as `eu` or `de,ch`",
  lanes: "`--lanes` takes some of `ai`, `raw`, `service`, `realtime`, with commas between",
  id: "an id has 1 to 40 lower case letters, digits and dashes, none at its ends",
};

/** Bounds in words, those that there are. */
export const grantWords = ({
  models,
  residency,
  networks,
  scope,
  expiresAt,
}: {
  readonly models: readonly string[];
  readonly residency: readonly string[];
  readonly networks: readonly string[];
  readonly scope: Readonly<Record<string, readonly string[]>>;
  readonly expiresAt: number | null;
}): readonly string[] => [
  models.length === 0 ? "all models" : models.join(","),
  residency.length === 0 ? "anywhere" : `in ${residency.join(",")}`,
  ...Object.entries(scope)
    .filter(([, list]) => list.length > 0)
    .map(([name, list]) => `${name} ${list.join(",")}`),
  ...(networks.length === 0 ? [] : [`from ${networks.join(",")}`]),
  ...(expiresAt === null ? [] : [`until ${isoTime(epochMs(expiresAt)).slice(0, 10)}`]),
];
