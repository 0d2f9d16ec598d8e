import type { JsonObject } from "../../kernel/json.ts";
import { auditTypes, type OcsfActivity, type OcsfClass } from "./kinds.ts";
import { type AuditRecord, readLine, recordIn } from "./record.ts";

/** Source: OCSF 1.5.0, https://schema.ocsf.io. */
const ocsfVersion = "1.5.0";
const classes = {
  api: { uid: 6003, category: 6, name: "api_activity" },
  authentication: { uid: 3002, category: 3, name: "authentication" },
  session: { uid: 3003, category: 3, name: "authorize_session" },
  entity: { uid: 3004, category: 3, name: "entity_management" },
  finding: { uid: 2004, category: 2, name: "detection_finding" },
} as const satisfies Record<OcsfClass, unknown>;
const activities = {
  create: 1,
  read: 2,
  update: 3,
  delete: 4,
  logon: 1,
  logoff: 2,
  other: 99,
} as const satisfies Record<OcsfActivity, number>;
const informational = 1;
const medium = 3;

/**
 * A record as a CloudEvent 1.0 in structured JSON, with an OCSF event in it, and the record itself as `raw_data`, so that
 * whoever gets it can hash it. `undefined`: it is no line of a log.
 *
 * @param origin The log's name: the event's source.
 */
export function cloudEventOf(line: string, origin: string): JsonObject | undefined {
  const record = readLine(line);
  if (record === undefined) return undefined;
  return {
    specversion: "1.0",
    id: String(record.index),
    source: origin,
    type: `sallyport.audit.${classes[auditTypes[record.type].class].name}`,
    subject: record.type,
    time: record.at,
    datacontenttype: "application/json",
    data: ocsfOf(record, recordIn(line), origin),
  };
}

function ocsfOf(record: AuditRecord, raw: string, origin: string): JsonObject {
  const { class: named, activity } = auditTypes[record.type];
  const { uid, category } = classes[named];
  const activityId = activities[activity];
  const isDone = record.outcome === "done";
  const { code } = record.facts;
  return {
    activity_id: activityId,
    ...(activityId === activities.other ? { activity_name: record.type } : {}),
    category_uid: category,
    class_uid: uid,
    type_uid: uid * 100 + activityId,
    time: msOf(record.at),
    severity_id: isDone ? informational : medium,
    status_id: isDone ? 1 : 2,
    status: isDone ? "Success" : "Failure",
    ...(typeof code === "string" ? { status_code: code } : {}),
    metadata: {
      version: ocsfVersion,
      product: { name: "Sallyport", vendor_name: "Sallyport" },
      uid: `${origin}:${record.index}`,
      sequence: record.index,
      event_code: record.type,
      log_name: origin,
      ...(record.tenant === undefined ? {} : { tenant_uid: record.tenant }),
    },
    ...bodyOf(record, named),
    raw_data: raw,
  };
}

/** What the class asks for besides. Source: the `required` attributes and constraints of each class. */
function bodyOf(record: AuditRecord, named: OcsfClass): JsonObject {
  const { facts, actor, personal, type } = record;
  const user = { uid: actor, ...(personal["user"] === undefined ? {} : { name: personal["user"] }) };
  const source = personal["address"] === undefined ? { uid: actor } : { ip: personal["address"] };
  const operation = String(facts["operation"] ?? facts["route"] ?? facts["model"] ?? type);
  switch (named) {
    case "api":
      return {
        actor: { user },
        api: {
          operation,
          ...(facts["request"] === undefined ? {} : { request: { uid: String(facts["request"]) } }),
        },
        src_endpoint: source,
      };
    case "authentication":
      return { user, service: { name: "sallyport" }, src_endpoint: source };
    case "session":
      return { user, privileges: [operation] };
    case "entity":
      return {
        actor: { user },
        entity: { type: type.split(".")[0] ?? type, name: String(facts["object"] ?? operation) },
      };
    case "finding":
      return { finding_info: { uid: `${type}:${record.index}`, title: type } };
  }
}

/** `Date` is the clock's alone: RFC 3339 in UTC, as the record has it, as ms since 1970. Source: days-from-civil, Hinnant. */
function msOf(text: string): number {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0, ms = 0] = text
    .split(/\D+/)
    .filter((part) => part !== "")
    .map(Number);
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  const days = era * 146_097 + dayOfEra - 719_468;
  return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000 + ms;
}
