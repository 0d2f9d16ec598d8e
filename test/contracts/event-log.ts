import { afterEach, describe, expect, it } from "vitest";
import type { EventLog, LoggedRequest, RequestFilter } from "../../src/ports/event-log.ts";
import { loggedRequest } from "./logged-request.ts";

const all: RequestFilter = { limit: 500 };
const records = Array.from({ length: 24 }, (_, index) => loggedRequest(index));
const idsOf = (lines: readonly { readonly id: string }[]): readonly string[] => lines.map(({ id }) => id);
const withoutBody = ({ body: _, ...line }: LoggedRequest) => line;

/** What every `EventLog` must do. Each implementation's test file is one call of this function. */
export function eventLogContract(name: string, open: () => EventLog | Promise<EventLog>): void {
  describe(`${name} as an EventLog`, () => {
    const logs: EventLog[] = [];
    afterEach(async () => {
      for (const log of logs.splice(0)) await log.close();
    });
    const opened = async (): Promise<EventLog> => {
      const log = await open();
      logs.push(log);
      return log;
    };
    /** Half of the records written, half still queued, in an order that is not theirs. */
    const filled = async (): Promise<EventLog> => {
      const log = await opened();
      const shuffled = records.toSorted(
        (left, right) => ((left.durationMs * 7) % 11) - ((right.durationMs * 7) % 11),
      );
      for (const record of shuffled.slice(0, 12)) log.append(record);
      await log.flush();
      for (const record of shuffled.slice(12)) log.append(record);
      return log;
    };

    it("lists everything, newest first and without bodies, whether written or still queued", async () => {
      const log = await filled();
      expect(await log.list(all)).toEqual(records.toReversed().map(withoutBody));
      await log.flush();
      expect(await log.list(all)).toEqual(records.toReversed().map(withoutBody));
    });

    it("reads a record back exactly as it was appended, written or queued", async () => {
      const log = await filled();
      for (const record of records) expect(await log.read(record.id)).toEqual(record);
      expect(await log.read("no-such-id")).toBeUndefined();
      expect(await log.read(loggedRequest(99).id)).toBeUndefined();
    });

    it("pages backwards by id without a gap or a repetition", async () => {
      const log = await filled();
      const seen: string[] = [];
      for (;;) {
        const before = seen.at(-1);
        const page = await log.list({ limit: 5, ...(before === undefined ? {} : { before }) });
        if (page.length === 0) break;
        expect(page.length).toBeLessThanOrEqual(5);
        seen.push(...idsOf(page));
      }
      expect(seen).toEqual(idsOf(records.toReversed()));
    });

    it("pages through one route both ways, without a gap or a repetition", async () => {
      const log = await filled();
      const wanted = idsOf(records.filter(({ route }) => route === "orders"));
      for (const way of ["after", "before"] as const) {
        const seen: string[] = [];
        for (;;) {
          const last = seen.at(-1) ?? (way === "after" ? "" : undefined);
          const from = last === undefined ? {} : { [way]: last };
          const page = await log.list({ limit: 2, route: "orders", ...from });
          if (page.length === 0) break;
          seen.push(...idsOf(page));
        }
        expect(seen).toEqual(way === "after" ? wanted : wanted.toReversed());
      }
    });

    it("follows forwards by id, oldest first", async () => {
      const log = await filled();
      const after = records[4]?.id ?? "";
      expect(idsOf(await log.list({ after, limit: 3 }))).toEqual(idsOf(records.slice(5, 8)));
      const last = records.at(-1)?.id ?? "";
      expect(await log.list({ after: last, limit: 3 })).toEqual([]);
      const next = loggedRequest(24);
      log.append(next);
      expect(idsOf(await log.list({ after: last, limit: 3 }))).toEqual([next.id]);
    });

    it.for<{ name: string; filter: Omit<RequestFilter, "limit">; fits: (record: LoggedRequest) => boolean }>([
      { name: "what went well", filter: { status: "ok" }, fits: (record) => record.status === 200 },
      { name: "what failed", filter: { status: "error" }, fits: (record) => record.status !== 200 },
      { name: "one model", filter: { model: "gpt-5-mini" }, fits: (record) => record.model === "gpt-5-mini" },
      { name: "part of a model's name", filter: { model: "gpt-5" }, fits: () => false },
      { name: "one key", filter: { keyId: "key_2" }, fits: (record) => record.keyId === "key_2" },
      { name: "one route", filter: { route: "orders" }, fits: (record) => record.route === "orders" },
      { name: "one tenant", filter: { tenant: "acme" }, fits: (record) => record.tenant === "acme" },
      { name: "part of a tenant's name", filter: { tenant: "acm" }, fits: () => false },
      {
        name: "one project of one tenant",
        filter: { tenant: "acme", project: "shop" },
        fits: (record) => record.tenant === "acme" && record.project === "shop",
      },
      {
        name: "one person",
        filter: { user: "ann@example.test" },
        fits: (record) => record.user === "ann@example.test",
      },
      { name: "part of a route's name", filter: { route: "order" }, fits: () => false },
      {
        name: "one route, and what failed on it",
        filter: { route: "echo", status: "error" },
        fits: (record) => record.route === "echo" && record.status !== 200,
      },
      {
        name: "a piece of a model",
        filter: { search: "SONNET" },
        fits: (r) => r.model === "claude-sonnet-4-5",
      },
      {
        name: "a piece of a provider",
        filter: { search: "penai" },
        fits: (record) => record.provider === "openai",
      },
      {
        name: "a piece of an error code",
        filter: { search: "am_fail" },
        fits: (record) => record.code !== null,
      },
      {
        name: "a piece of an id",
        filter: { search: records[7]?.id.slice(10) ?? "" },
        fits: (r) => r === records[7],
      },
      { name: "a wildcard, which is none", filter: { search: "%" }, fits: () => false },
      {
        name: "several at once",
        filter: { status: "ok", model: "gpt-5-mini", keyId: "key_2", search: "open" },
        fits: (r) => r.status === 200 && r.model === "gpt-5-mini" && r.keyId === "key_2",
      },
    ])("filters by $name", async ({ filter, fits }) => {
      const log = await filled();
      expect(idsOf(await log.list({ ...filter, limit: 500 }))).toEqual(
        idsOf(records.toReversed().filter(fits)),
      );
    });

    it("counts a stream that broke after its head as an error, although its status is 200", async () => {
      const log = await opened();
      const broken = loggedRequest(0, { status: 200, outcome: "failed" });
      log.append(broken);
      expect(idsOf(await log.list({ status: "error", limit: 9 }))).toEqual([broken.id]);
      await log.flush();
      expect(idsOf(await log.list({ status: "error", limit: 9 }))).toEqual([broken.id]);
      expect(await log.list({ status: "ok", limit: 9 })).toEqual([]);
    });

    it("keeps the limit between 1 and 500", async () => {
      const log = await opened();
      for (let index = 0; index < 520; index += 1) log.append(loggedRequest(index, {}, 1));
      await log.flush();
      expect(await log.list({ limit: 100_000 })).toHaveLength(500);
      expect(await log.list({ limit: 0 })).toHaveLength(1);
    });

    it("keeps the first of two records with one id", async () => {
      const log = await opened();
      log.append(loggedRequest(1));
      await log.flush();
      log.append(loggedRequest(1, { model: "another" }));
      await log.flush();
      expect(await log.list(all)).toEqual([withoutBody(loggedRequest(1))]);
      expect(log.state()).toMatchObject({ written: 1, dropped: 1, queued: 0 });
    });

    it("tells what it has written, and takes a close twice and an append after it", async () => {
      const log = await filled();
      await log.flush();
      expect(log.state()).toMatchObject({ queued: 0, written: 24, dropped: 0, lastError: undefined });
      expect(log.state().bytes).toBeGreaterThan(0);
      await log.close();
      await log.close();
      expect(() => log.append(loggedRequest(30))).not.toThrow();
    });
  });
}
