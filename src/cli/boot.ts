import { createAdmin } from "../admin/index.ts";
import { type ParseWorld, parseConfig } from "../config/parse.ts";
import { createReloader, type Reloader } from "../config/reloader.ts";
import type { Config } from "../config/schema.ts";
import { openClientKeys } from "../gateway/client-keys.ts";
import { compileConfig } from "../gateway/compile-config.ts";
import type { Control, GatewayState } from "../gateway/control.ts";
import { createGateway, type Gateway } from "../gateway/create-gateway.ts";
import { dataPlane } from "../gateway/data-plane.ts";
import { createSessions } from "../gateway/sessions.ts";
import { GatewayError } from "../kernel/errors.ts";
import { milliseconds } from "../kernel/units.ts";
import { listen } from "../platform/node-server/index.ts";
import { createMeter } from "../platform/prometheus/index.ts";
import { openInstallation } from "../platform/secrets/index.ts";
import { lockDirectory, openEventLog, openKeyStore } from "../platform/sqlite/index.ts";
import { loadStaticFiles } from "../platform/static-files/index.ts";
import { systemClock, systemRandom, systemTimer, watchVitals } from "../platform/system/index.ts";
import { createTransport } from "../platform/undici-transport/index.ts";
import type { ConfigSource } from "../ports/config-source.ts";
import type { Logger } from "../ports/logger.ts";
import type { ServerEngine } from "../ports/server.ts";
import { adminTokenOf } from "./admin-client.ts";
import { catalogFacts } from "./catalog.ts";
import { dashboardDirectory, version } from "./places.ts";
import { forgetRunning, tellRunning } from "./running.ts";

const connectTimeoutMs = 5000;
const upstreamKeepAliveMs = 30_000;
/** Time for clients to read the error that ends a stream that outlived the drain. */
const cutGraceMs = 1000;

/** A configuration and where it is from. */
export interface Origin {
  readonly mode: GatewayState["mode"];
  readonly config: Config;
  readonly files: readonly string[];
  /** `undefined`: it is not from a file and does not change. */
  readonly source: ConfigSource | undefined;
  readonly world: ParseWorld;
}

export interface BootParts {
  readonly origin: Origin;
  readonly directory: string;
  readonly logger: Logger;
  readonly port: number;
  readonly adminPort: number;
}

/** A gateway that is listening. */
export interface Booted {
  readonly url: string;
  readonly adminUrl: string;
  /** The key made at the first start; `undefined` once it has been revoked. */
  readonly clientKey: string | undefined;
  readonly adminToken: string;
  readonly digestOf: (text: string) => string;
  readonly control: Control;
  readonly reloader: Reloader;
  /** Refuses what is new, lets what is in flight end, writes what is queued, frees the directory. */
  readonly close: (graceMs: number) => Promise<void>;
}

/** Opens stores, builds the gateway, listens. Whatever was opened is given back when a later step fails. */
export async function boot(parts: BootParts): Promise<Booted> {
  const { origin, directory, logger } = parts;
  const { config } = origin;
  await using undo = new AsyncDisposableStack();
  const installation = openInstallation(directory);
  const lock = undo.adopt(lockDirectory(directory), ({ release }) => release());
  const clock = systemClock;
  const random = systemRandom();
  const eventLog = undo.adopt(
    openEventLog({
      directory,
      clock,
      timer: systemTimer,
      logger,
      flushInterval: milliseconds(config.log.flushIntervalMs),
      retention: config.log.retention,
    }),
    (log) => log.close(),
  );
  const store = undo.adopt(openKeyStore({ directory }), (opened) => opened.close());
  const keys = await openClientKeys({ store, digestOf: installation.digestOf, clock, random });
  const clientKey = await firstKey(keys, installation.derive);
  const adminToken = adminTokenOf(installation);
  const transport = undo.adopt(
    createTransport({ connectTimeoutMs, keepAliveMs: upstreamKeepAliveMs }),
    (opened) => opened.close(),
  );
  const meter = createMeter();
  const facts = catalogFacts();
  let gateway: Gateway | undefined;
  const reloader = createReloader({
    source: origin.source,
    parse: (text) => parseConfig(text, origin.world),
    apply: (next, generation) => gateway?.swap(compileConfig(next, generation, facts)),
    initial: { config, files: origin.files },
    onOutcome: (outcome) => {
      if (outcome.kind === "rejected")
        logger.error("the configuration file is not valid; the last good one goes on", {
          generation: outcome.generation,
          problem: outcome.problems[0]?.message,
        });
      if (outcome.kind === "applied")
        logger.info("configuration reloaded", {
          generation: outcome.generation,
          changes: outcome.changes.length,
        });
    },
  });
  const control = configControl(reloader);
  gateway = createGateway({
    version: version(),
    mode: origin.mode,
    clock,
    random,
    timer: systemTimer,
    logger,
    transport,
    meter,
    exposition: meter.text,
    eventLog,
    keys,
    sessions: createSessions({ clock, random, digestOf: installation.digestOf, adminToken }),
    digestOf: installation.digestOf,
    config: control,
    vitals: watchVitals(),
    snapshot: compileConfig(config, 1, facts),
  });
  const started = gateway;
  const data = await listen(
    {
      host: config.server.host,
      port: parts.port,
      limits: config.server.limits,
      onRefusedHead: started.refusedHead,
    },
    dataPlane(started.handle, { isDraining: () => started.control.state().isDraining }),
  );
  undo.adopt(data, (engine) => engine.drain(0));
  const dashboard = dashboardDirectory();
  const admin = await listen(
    {
      host: config.admin.host,
      port: parts.adminPort,
      limits: config.server.limits,
      onRefusedHead: started.refusedHead,
    },
    createAdmin({
      control: started.control,
      clock,
      random,
      logger,
      version: version(),
      assets: dashboard === undefined ? () => undefined : loadStaticFiles(dashboard),
    }),
  );
  undo.adopt(admin, (engine) => engine.drain(0));
  const url = urlOf(data);
  const adminUrl = urlOf(admin);
  tellRunning(directory, { url, adminUrl, pid: process.pid });
  reloader.watch();
  undo.move();
  return {
    url,
    adminUrl,
    clientKey,
    adminToken,
    digestOf: installation.digestOf,
    control: started.control,
    reloader,
    close: async (graceMs) => {
      reloader.close();
      started.startDraining();
      const cut = systemTimer.after(milliseconds(graceMs), started.cutStreams);
      await Promise.all([data.drain(graceMs + cutGraceMs), admin.drain(Math.min(graceMs, cutGraceMs))]);
      cut();
      forgetRunning(directory);
      await transport.close();
      await eventLog.close();
      await store.close();
      lock.release();
    },
  };
}

/**
 * The key of the first run. It is derived from the installation's secret, so that each start can show it although only
 * its digest is kept; once revoked it stays revoked and is not shown again.
 */
async function firstKey(
  keys: Awaited<ReturnType<typeof openClientKeys>>,
  derive: (purpose: string) => string,
): Promise<string | undefined> {
  const key = `sp-${derive("first-client-key")}`;
  const entry = await keys.ensure(key, { id: "key_first", name: "first key" });
  return entry.revokedAt === null ? key : undefined;
}

function configControl(reloader: Reloader): Control["config"] {
  return {
    state: reloader.state,
    plan: reloader.plan,
    reload: async () => {
      await reloader.reload();
      return reloader.state();
    },
  };
}

function urlOf({ host, port }: ServerEngine): string {
  const shown = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `http://${shown.includes(":") ? `[${shown}]` : shown}:${port}`;
}

/** Configuration problems as one error for the command line. */
export function configError(
  file: string,
  problems: readonly {
    readonly message: string;
    readonly line: number | null;
    readonly column: number | null;
  }[],
): GatewayError {
  const lines = problems.map(
    ({ line, column, message }) => `${file}${line === null ? "" : `:${line}:${column ?? 1}`}: ${message}`,
  );
  const message = `the configuration is not valid\n${lines.join("\n")}`;
  return new GatewayError("malformed_request", message, { message });
}
