import { everything, type Grant, type Scope, scopeLanes } from "../../exchange/identity.ts";
import { optionalNumber, type Row, text } from "./row.ts";

const isText = (value: unknown): value is string => typeof value === "string";

/** A column that holds a list of texts. */
export function texts(row: Row, column: string): readonly string[] {
  const parsed: unknown = JSON.parse(text(row[column]));
  return Array.isArray(parsed) ? parsed.filter(isText) : [];
}

/** A column that holds texts by name. */
export function labels(row: Row): Readonly<Record<string, string>> {
  const found = Object.entries(objectOf(row, "labels")).filter((entry): entry is [string, string] =>
    isText(entry[1]),
  );
  return found.length === 0 ? none : Object.fromEntries(found);
}

/** The bounds that a row tells of. What most rows have is one object for all: there may be a hundred thousand. */
export const grant = (row: Row): Grant => ({
  models: shared(texts(row, "models")),
  residency: shared(texts(row, "residency")),
  scope: scopeOf(objectOf(row, "scope")),
  networks: shared(texts(row, "networks")),
  expiresAt: optionalNumber(row["expires_at"] ?? null),
});

/** The columns of `grant`, in this order: models, residency, scope, networks, expires_at. */
export const grantValues = ({ models, residency, scope, networks, expiresAt }: Grant) =>
  [
    JSON.stringify(models),
    JSON.stringify(residency),
    scope === everything ? "{}" : JSON.stringify(scope),
    JSON.stringify(networks),
    expiresAt,
  ] as const;

const none = {};
const empty: readonly string[] = [];
const shared = (list: readonly string[]): readonly string[] => (list.length === 0 ? empty : list);

function scopeOf(parsed: Readonly<Record<string, unknown>>): Scope {
  const of = (name: keyof Scope): readonly string[] => {
    const list = parsed[name];
    return shared(Array.isArray(list) ? list.filter(isText) : empty);
  };
  const scope = {
    lanes: scopeLanes.filter((lane) => of("lanes").includes(lane)),
    routes: of("routes"),
    methods: of("methods"),
    tools: of("tools"),
  };
  return Object.values(scope).every(({ length }) => length === 0) ? everything : scope;
}

function objectOf(row: Row, column: string): Readonly<Record<string, unknown>> {
  const parsed: unknown = JSON.parse(text(row[column]));
  return typeof parsed === "object" && parsed !== null ? { ...parsed } : {};
}
