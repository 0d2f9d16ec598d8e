import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { RequestRecord } from "../../exchange/settlement.ts";
import { epochMs } from "../../kernel/units.ts";
import { sha256 } from "../../platform/evidence/index.ts";
import { createSeededRandom } from "../../platform/memory/index.ts";
import { linesOf, openTestAudit } from "./audit.test-support.ts";
import { cloudEventOf } from "./cloud-event.ts";
import { type AuditedCall, entryOfCall, isChange } from "./from-admin.ts";
import { entryOfRequest } from "./from-request.ts";
import { type AuditType, auditTypes } from "./kinds.ts";
import { printRecord, readLine } from "./record.ts";

const hiding = { sha256, random: createSeededRandom(1).bytes };
const canary = "sk-canary-b7f1c2";
const request: RequestRecord = {
  id: "01a221fb-1cdb-735b-a3db-5c31cbfed5d8",
  at: Date.UTC(2026, 10, 28, 12, 30, 15, 250),
  method: "POST",
  path: "/v1/chat/completions",
  dialect: "openai-chat",
  keyId: "key_5c31cbfed5d8",
  keyName: canary,
  tenant: "acme",
  project: "support",
  user: "ada@example.com",
  model: "gpt-5-mini",
  provider: "openai",
  upstreamModel: "gpt-5-mini-2026-01-01",
  upstreamDialect: "openai-chat",
  answerModel: canary,
  lane: "bytes",
  isStream: true,
  status: 200,
  outcome: "completed",
  code: null,
  detail: canary,
  generation: 12,
  durationMs: 1234,
  firstByteMs: 321,
  bytesIn: 1000,
  bytesOut: 2000,
  events: 10,
  finish: null,
  usage: null,
  cost: { nanoUsd: 1_234_567, lines: [], source: canary },
  warnings: [],
  attempts: [],
  stages: [],
};
const call: AuditedCall = {
  at: epochMs(0),
  requestId: "r",
  route: "createKey",
  permission: "keys:write",
  audit: "key.created",
  name: "",
  caller: "op_1",
  tenant: undefined,
  remoteAddress: "192.0.2.1",
  refusedBy: undefined,
};
const lineOf = (record: RequestRecord): string => {
  const entry = entryOfRequest(record, true);
  return entry === undefined ? "" : printRecord(entry, 12_345_678, hiding).line;
};

describe("the decision on a request", () => {
  it.for<[Partial<RequestRecord>, string, string]>([
    [{}, "request.served", "done"],
    [{ outcome: "failed", code: "upstream_failed" }, "request.failed", "failed"],
    [{ outcome: "aborted" }, "request.aborted", "failed"],
    [{ outcome: "refused", code: "rate_limited" }, "request.denied", "denied"],
    [{ outcome: "refused", code: "policy_denied" }, "request.forbidden", "denied"],
    [{ outcome: "refused", code: "model_not_found" }, "request.forbidden", "denied"],
    [{ outcome: "refused", code: "unauthenticated", keyId: null }, "request.unauthenticated", "denied"],
    [{ outcome: "refused", code: "content_refused" }, "request.flagged", "denied"],
  ])("of %o is %s, %s", ([change, type, outcome]) => {
    expect(readLine(lineOf({ ...request, ...change }))).toMatchObject({ type, outcome });
  });

  it("is left out where the settings say so", () => {
    const denied: RequestRecord = { ...request, outcome: "refused", code: "policy_denied" };
    expect(entryOfRequest(request, "denials")).toBeUndefined();
    expect(entryOfRequest(denied, "denials")).toBeDefined();
    expect(entryOfRequest(denied, false)).toBeUndefined();
  });

  it("takes at most 400 bytes without the personal values beside it, and has none of them in it", () => {
    const line = lineOf(request);
    expect(Buffer.byteLength(line.split("\t")[0] ?? "")).toBeLessThanOrEqual(450);
    const { user: _, project: __, ...plain } = request;
    expect(Buffer.byteLength(lineOf(plain))).toBeLessThanOrEqual(400);
    expect(line.split("\t")[0]).not.toContain("ada@example.com");
    expect(readLine(line)).toMatchObject({
      tenant: "acme",
      actor: "key:key_5c31cbfed5d8",
      personal: { user: "ada@example.com" },
    });
  });

  it("has nothing in it that is not written down in from-request.ts, and keeps hold of nothing else", async () => {
    expect(lineOf(request)).not.toContain(canary);
    const { audit, store } = await openTestAudit();
    const secret = { ...request, prompt: canary, headers: { authorization: canary } };
    audit.settled(secret);
    audit.settled({ ...secret, outcome: "refused", code: "policy_denied" });
    // While it waits: whatever the log reaches, functions aside, is walked.
    expect(reaches(entryOfRequest(secret, true), canary)).toBe(false);
    await audit.control.checkpoint();
    expect((await linesOf(store)).join("\n")).not.toContain(canary);
    expect(reaches(secret, canary)).toBe(true);
  });
});

/** Whether text is anywhere in what a value holds. */
function reaches(value: unknown, text: string, seen = new Set<unknown>()): boolean {
  if (typeof value === "string") return value.includes(text);
  if (typeof value !== "object" || value === null || seen.has(value)) return false;
  seen.add(value);
  return Object.values(value).some((member) => reaches(member, text, seen));
}

describe("a call of the admin API", () => {
  it.for<[Partial<AuditedCall>, AuditType | undefined, boolean]>([
    [{}, "key.created", true],
    [{ route: "revokeKey", name: "key_1", audit: "key.revoked" }, "key.revoked", true],
    [{ permission: "operators:write", audit: "operator.created" }, "operator.created", true],
    [{ permission: "audit:write", audit: "audit.erased" }, "audit.erased", true],
    [{ refusedBy: "malformed_request" }, "key.created", false],
    [{ refusedBy: "policy_denied" }, "admin.refused", false],
    [
      { refusedBy: "unauthenticated", caller: undefined, permission: "stats:read", audit: undefined },
      "admin.refused",
      false,
    ],
    [{ permission: "public", audit: undefined, route: "signIn" }, "session.opened", false],
    [
      { permission: "public", audit: undefined, route: "signIn", refusedBy: "unauthenticated" },
      "session.refused",
      false,
    ],
    [{ permission: "session:write", route: "signOut", audit: "session.closed" }, "session.closed", false],
    [{ permission: "requests:read", audit: undefined }, "admin.read", false],
    [{ permission: "audit:read", audit: undefined }, "audit.read", false],
    [{ permission: "stats:read", audit: undefined }, undefined, false],
  ])("%o is %s", ([change, type, changes]) => {
    const made = { ...call, ...change };
    expect(entryOfCall(made)?.type).toBe(type);
    expect(isChange(made)).toBe(changes);
  });

  it("of somebody who is bound to a tenant is on record as of that tenant", () => {
    expect(entryOfCall({ ...call, tenant: "acme" })).toMatchObject({ tenant: "acme", actor: "admin:op_1" });
    expect(entryOfCall(call)).not.toHaveProperty("tenant");
  });
});

describe("docs/audit.md", () => {
  it("says of each type of record when it is written, and of no other", () => {
    const page = readFileSync(join(import.meta.dirname, "../../../docs/audit.md"), "utf8");
    const rows = page.split("| type | when |")[1]?.split("\n\n")[0] ?? "";
    const told = [...rows.matchAll(/^\| ([^|]+) \|/gm)].flatMap(([, types = ""]) =>
      [...types.matchAll(/`([^`]+)`/g)].map(([, type]) => type),
    );
    expect(new Set(told)).toEqual(new Set(Object.keys(auditTypes)));
  });
});

/** Source: schema.ocsf.io, required attributes and `at_least_one` of each class; those that every class has first. */
const required: Readonly<Record<number, readonly string[]>> = {
  6003: ["actor", "api", "src_endpoint"],
  3002: ["user", "service"],
  3003: ["user", "privileges"],
  3004: ["entity", "actor"],
  2004: ["finding_info"],
};
const always = ["activity_id", "category_uid", "class_uid", "type_uid", "time", "severity_id", "metadata"];

describe("cloudEventOf", () => {
  it.for(Object.keys(auditTypes))(
    "makes of %s a CloudEvent 1.0 with all that its OCSF class requires",
    (type) => {
      const at = epochMs(request.at);
      const entry = {
        at,
        type: type as AuditType,
        outcome: "done",
        actor: "key:1",
        facts: { model: "m" },
      } as const;
      const event = cloudEventOf(printRecord(entry, 7, hiding).line, "sallyport/x");
      expect(event).toMatchObject({
        specversion: "1.0",
        id: "7",
        source: "sallyport/x",
        time: "2026-11-28T12:30:15.250Z",
      });
      const data = event?.["data"] as Readonly<Record<string, unknown>>;
      const classUid = Number(data["class_uid"]);
      for (const name of [...always, ...(required[classUid] ?? ["unknown class"])])
        expect(data).toHaveProperty(name);
      expect(data["type_uid"]).toBe(classUid * 100 + Number(data["activity_id"]));
      expect(data["category_uid"]).toBe(Math.floor(classUid / 1000));
      expect(data["time"]).toBe(request.at);
      expect(data["activity_id"] === 99).toBe(Object.hasOwn(data, "activity_name"));
      expect(JSON.parse(String(data["raw_data"]))).toMatchObject({ index: 7, type });
    },
  );
});
