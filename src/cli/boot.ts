import { resolve } from "node:path";
import { type AdminParts, createAdmin } from "../admin/index.ts";
import { inSlices } from "../config/in-slices.ts";
import { type ParseWorld, parseInSteps, type WrittenTree } from "../config/parse.ts";
import type { ConfigProblem } from "../config/problem.ts";
import { createReloader, type Reloader } from "../config/reloader.ts";
import type { Config } from "../config/schema.ts";
import { openClientKeys } from "../gateway/client-keys.ts";
import type { Control, GatewayState } from "../gateway/control.ts";
import { createGateway, type Gateway } from "../gateway/create-gateway.ts";
import { dataPlane } from "../gateway/data-plane.ts";
import { isoTime, milliseconds } from "../kernel/units.ts";
import { createSchemaChecker } from "../platform/ajv/index.ts";
import { createTokenizer } from "../platform/gpt-tokenizer/index.ts";
import { listen } from "../platform/node-server/index.ts";
import { createMeter } from "../platform/prometheus/index.ts";
import { requestSigner } from "../platform/request-signature/index.ts";
import { openInstallation } from "../platform/secrets/index.ts";
import { lockDirectory, openEventLog, openKeyStore, openStateStore } from "../platform/sqlite/index.ts";
import { loadStaticFiles } from "../platform/static-files/index.ts";
import {
  createEndOfTurn,
  systemClock,
  systemRandom,
  systemTimer,
  watchProcess,
} from "../platform/system/index.ts";
import type { ConfigSource } from "../ports/config-source.ts";
import type { Logger } from "../ports/logger.ts";
import type { ServerEngine } from "../ports/server.ts";
import type { Threads } from "../ports/threads.ts";
import { dataListener, watchTls, withFilesBeside } from "./data-listener.ts";
import { firstKey } from "./first-key.ts";
import { graphqlLoader } from "./graphql-loader.ts";
import { createLastGoodKeeper } from "./keep-last-good.ts";
import { saveLastGood } from "./last-good-file.ts";
import { logOutcome } from "./log-outcome.ts";
import { messageFormsLoader } from "./message-forms-loader.ts";
import { openBooks } from "./open-books.ts";
import { openPeople } from "./open-people.ts";
import { openTransports } from "./open-transports.ts";
import { openTrust } from "./open-trust.ts";
import { dashboardDirectory, version } from "./places.ts";
import { forgetRunning, tellRunning } from "./running.ts";

/** Time for clients to read the error that ends a call that outlived the drain. */
const cutGraceMs = 1000;

/** A configuration and where it is from. */
export interface Origin {
  readonly mode: GatewayState["mode"];
  readonly config: Config;
  readonly files: readonly string[];
  /** `undefined`: it is not from a file and does not change. */
  readonly source: ConfigSource | undefined;
  readonly world: ParseWorld;
  /** As it was written in the file. */
  readonly written: WrittenTree | undefined;
  /** Why the file itself was not taken, when the last good configuration runs instead. */
  readonly problems: readonly ConfigProblem[];
}

export interface BootParts {
  readonly threads: Threads;
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
  /** Turns unready, so that balancers look elsewhere before the sockets close. */
  readonly startDraining: () => void;
  /** Refuses what is new, lets what is in flight end, writes what is queued, frees the directory. */
  readonly close: (graceMs: number) => Promise<void>;
}

const learnedIsBroken = "what was learned cannot be read any more; it is set aside, and learning begins anew";

/** Opens stores, builds the gateway, listens. Whatever was opened is given back when a later step fails. */
export async function boot(parts: BootParts): Promise<Booted> {
  const { origin, directory, logger } = parts;
  const { config } = origin;
  await using undo = new AsyncDisposableStack();
  const installation = openInstallation(directory);
  const lock = undo.adopt(lockDirectory(directory), ({ release }) => release());
  const clock = systemClock;
  const random = systemRandom();
  const eventLog = undo.adopt(openLog(parts), (log) => log.close());
  const store = undo.adopt(openKeyStore({ directory }), (opened) => opened.close());
  const learnedStore = { directory, onBroken: (file: string) => logger.warn(learnedIsBroken, { file }) };
  const states = undo.adopt(openStateStore(learnedStore), (opened) => opened.close());
  const digests = installation.keyDigests;
  const keys = await openClientKeys({ store, digests, clock, random, timer: systemTimer });
  const endOfTurn = createEndOfTurn((fault) => logger.error("sending failed", { fault: String(fault) }));
  const meter = createMeter();
  const transports = undo.adopt(openTransports(endOfTurn, { config, meter }), (opened) => opened.close());
  const trustWorld = { clock, random, installation, keys, transport: transports.transport };
  const trust = undo.adopt(await openTrust(parts, trustWorld), (opened) => opened.close());
  const clientKey = await keys.ensure(firstKey(installation.derive));
  const { adminToken, ...people } = await openPeople(trust.parts.documents, installation, { clock, random });
  const tokenizer = undo.adopt(createTokenizer(parts.threads), (opened) => opened.close());
  let gateway: Gateway | undefined;
  const graphql = graphqlLoader();
  await graphql.loadFor(config);
  const books = openBooks(
    directory,
    { reloader: () => reloader, swap: (snapshot) => gateway?.swap(snapshot) },
    { clock, timer: systemTimer, logger, transport: transports.transport, graphql: graphql.loaded },
  );
  const reloader: Reloader = createReloader({
    source: origin.source,
    parse: (text) =>
      graphql.loadedFor(inSlices(parseInSteps(text, origin.world), { clock, timer: systemTimer })),
    apply: (next, generation) => gateway?.swap(books.compile(transports.follow(next), generation)),
    initial: {
      config,
      files: origin.files,
      problems: origin.problems,
      ...(origin.written === undefined ? {} : { written: origin.written }),
    },
    onOutcome: (outcome) => {
      logOutcome(outcome, logger);
      trust.reloaded(outcome);
      if (outcome.kind === "applied") probe();
    },
  });
  gateway = createGateway({
    version: version(),
    mode: origin.mode,
    clock,
    random,
    timer: systemTimer,
    logger,
    ...transports,
    tokenizer,
    schemas: createSchemaChecker(),
    // What was checked with the file is known to them.
    expressions: origin.world.expressions,
    messageForms: messageFormsLoader(),
    signer: requestSigner,
    meter,
    exposition: meter.text,
    eventLog,
    states,
    keys,
    trust: trust.parts,
    ...people,
    digestOf: installation.digestOf,
    sealer: installation.sealer,
    continuity: config.continuity,
    abilities: config.abilities,
    config: configControl(reloader),
    ...books.parts,
    ...watchProcess(),
    snapshot: books.compile(config, 1),
  });
  const started = gateway;
  await started.learned.restore();
  const keeper = lastGoodKeeper(parts, started.control, installation.digestOf);
  /** Puts what runs from now on to the proof. */
  const probe = (): void => {
    const written = reloader.written();
    if (written !== undefined) keeper.begin(written);
  };
  const server = withFilesBeside(config.server, origin.source?.name);
  const bearing = { limits: server.limits, onRefusedHead: started.heads.refused, endOfTurn };
  const data = await listen(
    {
      ...{ host: server.host, port: parts.port, answerToHead: started.heads.answer },
      ...bearing,
      ...dataListener(server),
    },
    dataPlane(started.handle, {
      isDraining: () => started.control.state().isDraining,
      keySet: started.control.identityKeys,
    }),
  );
  undo.adopt(data, (engine) => engine.drain(0));
  const unwatchTls = watchTls(server.tls, data, logger);
  undo.defer(unwatchTls);
  const url = urlOf(data, server.tls === undefined ? "http" : "https");
  const admin = await listen(
    { host: config.admin.host, port: parts.adminPort, ...bearing },
    createAdmin({ ...adminWorld(config), ...trust.admin, ...started, clock, random, logger, dataUrl: url }),
  );
  undo.adopt(admin, (engine) => engine.drain(0));
  const adminUrl = urlOf(admin);
  tellRunning(directory, { url, adminUrl, pid: process.pid });
  if (origin.problems.length === 0) probe();
  else logger.error("the configuration file is not valid; the last good one was started", firstOf(origin));
  reloader.watch();
  books.catalog.start();
  undo.move();
  return {
    url,
    adminUrl,
    clientKey,
    adminToken,
    digestOf: installation.digestOf,
    control: started.control,
    reloader,
    startDraining: started.startDraining,
    close: async (graceMs) => {
      for (const running of [reloader, books.catalog, keeper]) running.close();
      started.startDraining();
      started.stopWatches();
      unwatchTls();
      const cut = systemTimer.after(milliseconds(graceMs), started.cutOpen);
      await Promise.all([data.drain(graceMs + cutGraceMs), admin.drain(Math.min(graceMs, cutGraceMs))]);
      cut();
      // What is still open is nobody's: calls on the gateway's own account.
      started.cutOpen();
      forgetRunning(directory);
      await trust.close();
      await Promise.all([transports.close(), tokenizer.close()]);
      await Promise.all([started.learned.keep(), keys.keep()]);
      await Promise.all([eventLog.close(), states.close(), store.close()]);
      lock.release();
    },
  };
}

function adminWorld({ admin }: Config): Pick<AdminParts, "version" | "hosts" | "assets"> {
  const dashboard = dashboardDirectory();
  return {
    version: version(),
    hosts: [admin.host, ...admin.hosts].map((name) => name.toLowerCase()),
    assets: dashboard === undefined ? () => undefined : loadStaticFiles(dashboard),
  };
}

const openLog = ({ origin: { config }, directory, logger, threads }: BootParts) =>
  openEventLog({
    directory,
    clock: systemClock,
    timer: systemTimer,
    logger,
    threads,
    flushInterval: milliseconds(config.log.flushIntervalMs),
    retention: config.log.retention,
  });

/** Keeps what runs without harm, for a start on a broken file. */
function lastGoodKeeper(
  { origin, directory, logger }: BootParts,
  control: Control,
  digestOf: (text: string) => string,
): ReturnType<typeof createLastGoodKeeper> {
  return createLastGoodKeeper({
    timer: systemTimer,
    logger,
    counted: () => control.state().totals,
    save: (tree) => {
      const kept = { file: resolve(origin.source?.name ?? ""), keptAt: isoTime(systemClock.now()), tree };
      saveLastGood(directory, kept, digestOf);
    },
  });
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

function urlOf({ host, port }: ServerEngine, scheme: "http" | "https" = "http"): string {
  const shown = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `${scheme}://${shown.includes(":") ? `[${shown}]` : shown}:${port}`;
}

function firstOf({ source, problems }: Origin) {
  return { file: source?.name, problem: problems[0]?.message };
}
