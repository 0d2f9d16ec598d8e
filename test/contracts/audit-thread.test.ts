import type { Worker } from "node:worker_threads";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createRecordingLogger } from "../../src/platform/memory/index.ts";
import { ownThreads } from "../../src/platform/threads/index.ts";
import type { Threads } from "../../src/ports/threads.ts";
import { auditInFiles } from "./audit-in-files.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/**
 * The threads that are begun while the test runs.
 * @param isDoomed Asked when one tells that it has written: whether it dies before anybody hears of it.
 */
function mortal(isDoomed: () => boolean): { readonly begun: readonly Worker[]; readonly threads: Threads } {
  const begun: Worker[] = [];
  const note = (worker: Worker): void => void begun.push(worker);
  process.on("worker", note);
  onTestFinished(() => {
    process.off("worker", note);
  });
  return {
    begun,
    threads: {
      begin: (program, parts) =>
        ownThreads.begin(program, {
          ...parts,
          onMessage: (answer: Parameters<typeof parts.onMessage>[0]) => {
            const hasWritten = typeof answer === "object" && answer !== null && "count" in answer;
            if (hasWritten && isDoomed()) void begun.at(-1)?.terminate();
            else parts.onMessage(answer);
          },
        }),
    },
  };
}

const served = (request: number) => ({
  ...({ type: "request.served", outcome: "done", actor: "key:1", tenant: "acme" } as const),
  facts: { request },
  personal: { user: `person ${request}@example.com` },
});

describe("an audit log that a thread writes", () => {
  it("is listed, proven, erased from, verified and exported as if there were none", async () => {
    const directory = temporaryDirectory();
    const first = await auditInFiles(directory, createRecordingLogger());
    for (let request = 0; request < 2500; request += 1) first.record(served(request));
    const { records } = await first.control.list({ limit: 3 });
    expect(records.map(({ facts }) => facts["request"])).toEqual([2499, 2498, 2497]);
    await first.control.checkpoint();
    const proof = first.control.inclusion(7, undefined);
    expect(proof).toMatchObject({ index: 7, size: 2501 });
    expect(await first.control.erase("8.user")).toBe(true);
    expect(await first.control.erase("8.user")).toBe(false);
    expect(await first.control.verify(undefined)).toMatchObject({ kind: "intact", size: 2501 });
    const exported = await Array.fromAsync(await first.exported());
    expect(exported.filter((line) => !line.startsWith("#"))).toHaveLength(2501);
    expect(exported[8]).not.toContain("person 7@");
    expect(exported[9]).toContain("person 8@");
    await first.close();
    const logger = createRecordingLogger();
    const second = await auditInFiles(directory, logger);
    await second.control.checkpoint();
    expect(second.control.consistency(2501, undefined)).toMatchObject({ from: 2501, size: 2503 });
    expect(await second.control.verify(undefined)).toMatchObject({ kind: "intact", size: 2503 });
    await second.close();
    expect(logger.lines().filter(({ level }) => level === "error")).toEqual([]);
  });

  it("goes on in another thread when its own dies: no record is lost, and none is written twice", async () => {
    let doomed = 0;
    const { begun, threads } = mortal(() => doomed-- > 0);
    const audit = await auditInFiles(temporaryDirectory(), createRecordingLogger(), { threads });
    let told = 0;
    for (let life = 0; life < 6; life += 1) {
      for (let count = 0; count < 300; count += 1) audit.record(served(told++));
      if (life % 2 === 0) doomed = 1;
      const writing = audit.control.list({ limit: 1 });
      if (life % 2 === 1) await writing.then(() => begun.at(-1)?.terminate());
      await writing.catch(() => undefined);
      await vi.waitFor(() => expect(audit.control.state().waiting).toBe(0), { timeout: 10_000 });
    }
    expect(begun.length).toBeGreaterThan(4);
    expect(await audit.control.verify(undefined)).toMatchObject({ kind: "intact", size: told + 1 });
    const seen: unknown[] = [];
    for (let before: number | undefined; before !== 0; ) {
      const page = await audit.control.list({ limit: 500, type: "request.", ...(before && { before }) });
      seen.push(...page.records.map(({ facts }) => facts["request"]));
      before = page.next ?? 0;
    }
    expect(seen.toReversed()).toEqual(Array.from({ length: told }, (_, index) => index));
    await audit.close();
  });

  it("tells why it cannot begin", async () => {
    await expect(auditInFiles("/dev/null/audit", createRecordingLogger())).rejects.toMatchObject({
      code: "storage_unavailable",
    });
  });
});
