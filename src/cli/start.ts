import { resolve } from "node:path";
import { jsonLogger } from "../platform/system/index.ts";
import { linkOf } from "./admin-link.ts";
import type { Booted } from "./boot.ts";
import { boot } from "./boot.ts";
import { readOptions, readPort } from "./options.ts";
import { type FoundOrigin, findOrigin } from "./origin.ts";
import type { World } from "./world.ts";

/** `sallyport start`: opens the gate, and says how to walk through it. */
export async function start(args: readonly string[], world: World): Promise<undefined> {
  const { values } = readOptions(args, {
    config: { type: "string" },
    "data-dir": { type: "string" },
    port: { type: "string" },
    "admin-port": { type: "string" },
    json: { type: "boolean", default: false },
  });
  const ports = {
    port: readPort(values.port, "--port"),
    adminPort: readPort(values["admin-port"], "--admin-port"),
  };
  const found = await findOrigin(values.config, world);
  const { config } = found.origin;
  const booted = await boot({
    origin: found.origin,
    directory: resolve(world.cwd, values["data-dir"] ?? config.dataDir),
    logger: jsonLogger(world.stderr),
    port: ports.port ?? config.server.port,
    adminPort: ports.adminPort ?? config.admin.port,
  }).catch((thrown: unknown) => {
    found.stopSandbox();
    throw thrown;
  });
  // The sockets keep the process alive; the signals end it.
  stopOnSignals(booted, {
    found,
    delayMs: config.server.shutdownDelayMs,
    drainMs: config.server.drainTimeoutMs,
    world,
  });
  world.stdout(values.json ? `${JSON.stringify(readyLine(booted))}\n` : welcome(booted, found));
  return undefined;
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

function welcome(booted: Booted, found: FoundOrigin): string {
  const model = found.sampleModel ?? "MODEL";
  const key = booted.clientKey ?? "YOUR_KEY";
  const keyNote =
    booted.clientKey === undefined
      ? "\nThe first key was revoked; `sallyport keys create --name NAME` makes another.\n"
      : "";
  return `
Sallyport is open.   ${found.summary}

  data plane   ${booted.url}/v1          OpenAI and Anthropic SDKs: base URL, and this key:
  client key   ${key}
  dashboard    ${linkOf(booted.adminUrl, booted.digestOf)}
               (works once, within ten minutes; \`sallyport admin-link\` gives another)
${keyNote}
Try it:

  curl ${booted.url}/v1/chat/completions \\
    -H 'authorization: Bearer ${key}' -H 'content-type: application/json' \\
    -d '{"model":"${model}","messages":[{"role":"user","content":"Who goes there?"}]}'

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
