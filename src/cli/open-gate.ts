import { resolve } from "node:path";
import {
  freezeIntrinsics,
  isConfined,
  mayNoLongerBeginThreads,
  threadFlags,
} from "../platform/permission/index.ts";
import { jsonLogger } from "../platform/system/index.ts";
import { keepThreads, ownThreads } from "../platform/threads/index.ts";
import { linkOf } from "./admin-link.ts";
import type { Booted } from "./boot.ts";
import { boot } from "./boot.ts";
import { dataDirectory } from "./data-directory.ts";
import { withFilesBeside } from "./data-listener.ts";
import type { IfBroken } from "./file-origin.ts";
import { type FoundOrigin, findOrigin } from "./origin.ts";
import { sampleModelOf } from "./sample-model.ts";
import type { World } from "./world.ts";

/** The command line of `sallyport start`, as it was read. */
export interface StartOptions {
  readonly config?: string;
  readonly "data-dir"?: string;
  readonly "strict-config"?: boolean;
  readonly json?: boolean;
  readonly ports: { readonly port: number | undefined; readonly adminPort: number | undefined };
}

/** Opens the gate, and says how to walk through it. */
export async function openGate(values: StartOptions, world: World): Promise<undefined> {
  const { ports } = values;
  const keeping = isConfined() ? keepThreads(threadFlags()) : ownThreads;
  const found = await findOrigin(values.config, world, ifBroken(values, world));
  if (found.warning !== undefined) world.stderr(`sallyport: ${found.warning}\n`);
  const threads = await keeping;
  if (isConfined()) giveThreadsAway(world);
  const { config } = found.origin;
  const booted = await boot({
    threads,
    origin: found.origin,
    directory: resolve(world.cwd, values["data-dir"] ?? config.dataDir),
    logger: jsonLogger(world.stderr),
    port: ports.port ?? config.server.port,
    adminPort: ports.adminPort ?? config.admin.port,
  }).catch((thrown: unknown) => {
    found.stopSandbox();
    throw thrown;
  });
  if (isConfined()) freezeIntrinsics();
  // The sockets keep the process alive; the signals end it.
  stopOnSignals(booted, {
    found,
    delayMs: config.server.shutdownDelayMs,
    drainMs: config.server.drainTimeoutMs,
    world,
  });
  if (values.json === true) world.stdout(`${JSON.stringify(readyLine(booted))}\n`);
  else {
    const model = await sampleModelOf(config);
    const typed = typedCommand(world, values["data-dir"]);
    const { tls } = withFilesBeside(config.server, found.origin.source?.name);
    world.stdout(welcome(booted, { summary: found.summary, model, typed, certFile: tls?.certFile }));
  }
  return undefined;
}

function ifBroken(values: StartOptions, world: World): IfBroken {
  if (values["strict-config"] === true) return { isStrict: true };
  const named = { named: values["data-dir"], config: values.config };
  return { isStrict: false, directory: () => dataDirectory(named, world) };
}

function giveThreadsAway({ stderr }: World): void {
  if (mayNoLongerBeginThreads()) return;
  const node = `Node ${process.versions.node}`;
  stderr(
    `sallyport: ${node} cannot take back the right to begin threads, by which permission mode can be left; use a newer one\n`,
  );
}

/**
 * A command as it is typed in another terminal: it must find the program, which in a clone npm alone knows, and this
 * gateway, wherever its directory is.
 */
function typedCommand({ env }: World, dataDir: string | undefined): (command: string) => string {
  const isClone = env["npm_lifecycle_event"] === "start" && env["npm_package_name"] === "sallyport";
  const program = isClone ? "npm run --silent sallyport --" : "sallyport";
  const option = dataDir === undefined ? "" : ` --data-dir ${dataDir}`;
  return (command) => `\`${program} ${command}${option}\``;
}

function readyLine(booted: Booted) {
  return {
    url: booted.url,
    adminUrl: booted.adminUrl,
    clientKey: booted.clientKey ?? null,
    adminToken: booted.adminToken,
    generation: booted.control.state().generation,
  };
}

function welcome(
  booted: Booted,
  said: {
    readonly summary: string;
    readonly model: string | undefined;
    /** What a client has to trust; `undefined`: plain text is served. */
    readonly certFile: string | undefined;
    readonly typed: (command: string) => string;
  },
): string {
  const { summary, model = "MODEL", typed, certFile } = said;
  const trust = certFile === undefined ? "" : `--cacert ${certFile} `;
  const key = booted.clientKey ?? "YOUR_KEY";
  const keyNote =
    booted.clientKey === undefined
      ? `\nThe first key was revoked; ${typed("keys create --name NAME")} makes another.\n`
      : "";
  const put = said.model === undefined ? "Put the name of a model where it says MODEL. " : "";
  return `
Sallyport is open.   ${summary}

  data plane   ${booted.url}/v1          OpenAI and Anthropic SDKs: base URL, and this key:
  client key   ${key}
  dashboard    ${linkOf(booted.adminUrl, booted.digestOf)}
               (works once, within ten minutes; ${typed("admin-link")} gives another)
${keyNote}
Try it:

  curl ${trust}${booted.url}/v1/chat/completions \\
    -H 'authorization: Bearer ${key}' -H 'content-type: application/json' \\
    -d '{"model":"${model}","messages":[{"role":"user","content":"Who goes there?"}]}'

${put}${typed("models")} lists the names that can be asked for.
`;
}

function stopOnSignals(
  booted: Booted,
  parts: {
    readonly found: FoundOrigin;
    readonly delayMs: number;
    readonly drainMs: number;
    readonly world: World;
  },
): void {
  let isStopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (isStopping && signal === "SIGINT") process.exit(130);
    if (isStopping) return;
    isStopping = true;
    booted.startDraining();
    setTimeout(() => {
      booted.close(parts.drainMs).then(
        () => {
          parts.found.stopSandbox();
          process.exit(0);
        },
        (thrown: unknown) => {
          parts.world.stderr(`sallyport: the shutdown failed: ${String(thrown)}\n`);
          process.exit(1);
        },
      );
    }, parts.delayMs);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  process.on("SIGHUP", () => void booted.reloader.reload());
}
