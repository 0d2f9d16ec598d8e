import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Booted, boot } from "../../src/cli/boot.ts";
import { findOrigin } from "../../src/cli/origin.ts";
import type { ChatDialect } from "../../src/exchange/dialect.ts";
import type { RequestRecord } from "../../src/exchange/settlement.ts";
import { createRecordingLogger } from "../../src/platform/memory/index.ts";
import { ownThreads } from "../../src/platform/threads/index.ts";
import type { Threads } from "../../src/ports/threads.ts";

/** A gateway inside the test's own process: real sockets, real stores, a directory of its own. */
export interface BootedGateway extends AsyncDisposable {
  readonly port: number;
  readonly key: string;
  readonly booted: Booted;
  readonly logger: ReturnType<typeof createRecordingLogger>;
  /** Puts another configuration in its place; resolves when it is in force. */
  readonly reconfigure: (config: string) => Promise<void>;
  /** All records, oldest first, once there are `count` of them. */
  readonly records: (count: number) => Promise<readonly RequestRecord[]>;
}

/** @param config Text of `sallyport.yaml`. */
export async function bootGateway(config: string, threads: Threads = ownThreads): Promise<BootedGateway> {
  const directory = mkdtempSync(join(tmpdir(), "sallyport-booted-"));
  const file = join(directory, "sallyport.yaml");
  // The test's own work makes the loop of this process late: nobody is to be refused for that.
  const calm = "overload: { ingress: { delayMax: off } }\n";
  const write = (text: string): void =>
    writeFileSync(file, /^overload:/m.test(text) ? text : `${text}\n${calm}`);
  write(config);
  const logger = createRecordingLogger();
  const { origin } = await findOrigin(file, {
    stdout: () => undefined,
    stderr: () => undefined,
    env: {},
    cwd: directory,
  });
  const booted = await boot({
    threads,
    origin,
    directory: join(directory, "data"),
    logger,
    port: 0,
    adminPort: 0,
  });
  let closing: Promise<void> | undefined;
  const close = (graceMs: number): Promise<void> => {
    closing ??= booted.close(graceMs);
    return closing;
  };
  const { control } = booted;
  return {
    port: Number(new URL(booted.url).port),
    key: booted.clientKey ?? "",
    booted: { ...booted, close },
    logger,
    reconfigure: async (text) => {
      const { generation } = control.config.state();
      write(text);
      await control.config.reload();
      if (control.config.state().generation === generation) throw new Error("it was not taken");
    },
    records: (count) => recordsOf(control, count),
    [Symbol.asyncDispose]: async () => {
      await close(0);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Records are written behind the answers. */
async function recordsOf({ requests }: Booted["control"], count: number): Promise<readonly RequestRecord[]> {
  const giveUpAt = performance.now() + 5000;
  for (;;) {
    const list = await requests.list({ limit: 500 });
    const read = await Promise.all(list.map(({ id }) => requests.read(id)));
    const records = read.flatMap((record) => (record === undefined ? [] : [record]));
    if (records.length === count) return records.toReversed();
    if (performance.now() > giveUpAt) throw new Error(`${records.length} records instead of ${count}`);
    await pause(20);
  }
}

/** A provider of one dialect at `url`, for a configuration text. */
export function providerAt(
  name: string,
  url: string,
  more: { readonly dialect?: ChatDialect; readonly timeouts?: string } = {},
): string {
  const timeouts = more.timeouts === undefined ? "" : `, timeouts: ${more.timeouts}`;
  return `  ${name}: { dialect: ${more.dialect ?? "openai-chat"}, baseUrl: "${url}/v1", models: ["${name}-*"]${timeouts} }`;
}
