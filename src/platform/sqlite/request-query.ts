import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { epochMs } from "../../kernel/units.ts";
import type { LoggedRequest, RequestFilter } from "../../ports/event-log.ts";
import { number, optionalNumber, optionalText, text } from "./row.ts";

/** A record without its body. */
export type RequestLine = Omit<LoggedRequest, "body">;

/** The part of a query that one day file has answered. */
export interface Slice {
  readonly lines: readonly RequestLine[];
  /** Where the next slice begins; `undefined` when the file has no more. */
  readonly next: string | undefined;
}

/** Reads one day file. */
export interface DayReader {
  /** Looks at the next 2,000 rows beyond `from`, in the order of `filter`, and gives those that fit. */
  readonly slice: (filter: RequestFilter, from: string | undefined) => Slice;
  readonly read: (id: string) => LoggedRequest | undefined;
}

/** So few that looking at them takes a few milliseconds. */
const rowsPerSlice = 2000;

/** What an older day does not tell reads as NULL. */
const lineColumns = (hasRoutes: boolean, hasTenants: boolean): string =>
  `id, at, status, outcome, model, provider, key_id, dialect, ${hasRoutes ? "route" : "NULL AS route"}, code, is_stream,
  duration_ms, input_tokens, output_tokens, cost_nano_usd,
  ${hasTenants ? "tenant, project, user" : "NULL AS tenant, NULL AS project, NULL AS user"}`;

/** The first schema of a day file that tells of routes. */
const versionWithRoutes = 2;
/** The first one that tells whom a request belongs to. */
const versionWithTenants = 3;

/** Whether the filter asks for the oldest first. */
export const isForward = (filter: RequestFilter): boolean => filter.after !== undefined;

/** Reads the day file that `database` has open. */
export function createDayReader(database: DatabaseSync): DayReader {
  const version = number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
  const hasRoutes = version >= versionWithRoutes;
  const columns = lineColumns(hasRoutes, version >= versionWithTenants);
  return {
    slice: (filter, from) => {
      if (filter.route !== undefined && !hasRoutes) return { lines: [], next: undefined };
      const bounds = boundsOf(filter, from);
      const order = isForward(filter) ? "ASC" : "DESC";
      // By its index: a slice looks at rows of that route alone.
      const ofRoute = filter.route === undefined ? "" : "AND route = :route";
      const range = `FROM request WHERE id > :after AND id < :before ${ofRoute} ORDER BY id ${order}`;
      const last = database.prepare(`SELECT id ${range} LIMIT 1 OFFSET ${rowsPerSlice - 1}`).get(bounds);
      const rows = database
        .prepare(
          `SELECT * FROM (SELECT ${columns} ${range} LIMIT ${rowsPerSlice})
           WHERE ${conditions} ORDER BY id ${order} LIMIT :limit`,
        )
        .all({ ...bounds, ...conditionsOf(filter), ":limit": filter.limit });
      return { lines: rows.map(lineOf), next: last === undefined ? undefined : text(last["id"]) };
    },
    read: (id) => {
      const row = database.prepare(`SELECT ${columns}, body FROM request WHERE id = ?`).get(id);
      return row === undefined ? undefined : { ...lineOf(row), body: text(row["body"]) };
    },
  };
}

const exact = ["model", "keyId", "tenant", "project", "user", "route"] as const;

/** Whether a queued record fits `filter`: the same test as the one in SQL. */
export function fitsFilter(record: RequestLine, filter: RequestFilter): boolean {
  const { before, after, status, search } = filter;
  return (
    (before === undefined || record.id < before) &&
    (after === undefined || record.id > after) &&
    exact.every((column) => filter[column] === undefined || record[column] === filter[column]) &&
    (status === undefined || (status === "ok") === isOk(record)) &&
    (search === undefined || hasText(record, search.toLowerCase()))
  );
}

/** A stream that broke after its head is an error although its status says 200. */
function isOk(record: RequestLine): boolean {
  return record.outcome === "completed" && record.status < 400;
}

function hasText({ id, model, provider, code }: RequestLine, wanted: string): boolean {
  return [id, model, provider, code].some((column) => column?.toLowerCase().includes(wanted) === true);
}

/** Ids outside of which the next slice has nothing to look for, and the route that it keeps to. */
function boundsOf(filter: RequestFilter, from: string | undefined): Record<string, string> {
  const { after = "", before = "\u{10FFFF}", route } = filter;
  return {
    ...(isForward(filter)
      ? { ":after": from ?? after, ":before": before }
      : { ":after": after, ":before": from ?? before }),
    ...(route === undefined ? {} : { ":route": route }),
  };
}

const conditions = `(:model IS NULL OR model = :model)
  AND (:keyId IS NULL OR key_id = :keyId)
  AND (:tenant IS NULL OR tenant = :tenant)
  AND (:project IS NULL OR project = :project)
  AND (:user IS NULL OR user = :user)
  AND (:isOk IS NULL OR (outcome = 'completed' AND status < 400) = :isOk)
  AND (:search IS NULL OR instr(lower(id), :search) OR instr(lower(coalesce(model, '')), :search)
    OR instr(lower(coalesce(provider, '')), :search) OR instr(lower(coalesce(code, '')), :search))`;

function conditionsOf({
  model,
  keyId,
  tenant,
  project,
  user,
  status,
  search,
}: RequestFilter): Record<string, string | number | null> {
  return {
    ":model": model ?? null,
    ":keyId": keyId ?? null,
    ":tenant": tenant ?? null,
    ":project": project ?? null,
    ":user": user ?? null,
    ":isOk": status === undefined ? null : Number(status === "ok"),
    ":search": search?.toLowerCase() ?? null,
  };
}

function lineOf(row: Record<string, SQLOutputValue>): RequestLine {
  return {
    id: text(row["id"]),
    at: epochMs(number(row["at"])),
    status: number(row["status"]),
    outcome: text(row["outcome"]),
    model: optionalText(row["model"]),
    provider: optionalText(row["provider"]),
    keyId: optionalText(row["key_id"]),
    tenant: optionalText(row["tenant"]),
    project: optionalText(row["project"]),
    user: optionalText(row["user"]),
    dialect: optionalText(row["dialect"]),
    route: optionalText(row["route"]),
    code: optionalText(row["code"]),
    isStream: number(row["is_stream"]) === 1,
    durationMs: number(row["duration_ms"]),
    inputTokens: optionalNumber(row["input_tokens"]),
    outputTokens: optionalNumber(row["output_tokens"]),
    costNanoUsd: optionalNumber(row["cost_nano_usd"]),
  };
}
