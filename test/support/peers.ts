import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { nodeOrigin } from "./rest-gateway.ts";

/** Where Debian puts what these tests speak with. */
const programs = {
  nginx: "/usr/sbin/nginx",
  haproxy: "/usr/sbin/haproxy",
  caddy: "/usr/bin/caddy",
  nghttpx: "/usr/sbin/nghttpx",
  curl: "/usr/bin/curl",
  h2load: "/usr/bin/h2load",
} as const;
export type Peer = keyof typeof programs;

/** Whether one of them is missing: told on stderr, and an error where all have to be there. */
export function isMissing(peer: Peer): boolean {
  if (existsSync(programs[peer])) return false;
  if (process.env["CI"] === "true") throw new Error(`${peer} is missing`);
  process.stderr.write(`SKIPPED: ${peer} is not installed\n`);
  return true;
}

/** Runs one to its end; resolves with what it printed, whatever its code. */
export const run = (peer: Peer, args: readonly string[]): Promise<string> =>
  new Promise((resolve) => {
    execFile(programs[peer], args, { encoding: "latin1", maxBuffer: 64 << 20 }, (_, out) => resolve(out));
  });

/** A server of another's making. */
export interface PeerServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
}

export async function freePort(): Promise<number> {
  await using origin = await nodeOrigin(() => undefined);
  return Number(new URL(origin.url).port);
}

/** nginx with these directives in its `server` block; `listen`: further words of its `listen`. */
export const nginxServer = (server: string, http = "", listen = ""): Promise<PeerServer> =>
  startPeer("nginx", "nginx.conf", (port, folder) => ({
    config: `daemon off; master_process off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 512; }
http {
  access_log off; ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(" ")}
  ${http}
  server { listen 127.0.0.1:${port} ${listen}; root ${folder}; ${server} }
}
`,
    args: ["-p", folder, "-c", join(folder, "nginx.conf")],
  }));

/** HAProxy from one address to another; `bind` and `server`: further words of the two lines. */
export const haproxyServer = (to: number, bind = "", server = ""): Promise<PeerServer> =>
  startPeer("haproxy", "haproxy.cfg", (port, folder) => ({
    config: `defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
listen all
  bind 127.0.0.1:${port} ${bind}
  server one 127.0.0.1:${to} ${server}
`,
    args: ["-db", "-f", join(folder, "haproxy.cfg")],
  }));

/** Caddy with this in its site block. */
export const caddyServer = (site: string): Promise<PeerServer> =>
  startPeer("caddy", "Caddyfile", (port, folder) => ({
    config: `{
  admin off
  auto_https off
  servers {
    protocols h1 h2 h2c
  }
}
http://127.0.0.1:${port} {
  bind 127.0.0.1
  ${site}
}
`,
    args: ["run", "--adapter", "caddyfile", "--config", join(folder, "Caddyfile")],
  }));

/** nghttpx from one address to another, HTTP/2 on both sides. */
export const nghttpxServer = (to: number): Promise<PeerServer> =>
  startPeer("nghttpx", "nghttpx.conf", (port, folder) => ({
    config: `frontend=127.0.0.1,${port};no-tls
backend=127.0.0.1,${to};;proto=h2
workers=1
accesslog-file=/dev/null
`,
    args: [`--conf=${join(folder, "nghttpx.conf")}`],
  }));

async function startPeer(
  peer: Peer,
  file: string,
  made: (port: number, folder: string) => { readonly config: string; readonly args: readonly string[] },
): Promise<PeerServer> {
  const folder = mkdtempSync(join(tmpdir(), `sallyport-${peer}-`));
  const port = await freePort();
  const { config, args } = made(port, folder);
  writeFileSync(join(folder, file), config);
  writeFileSync(join(folder, "file.txt"), "0123456789");
  const env = { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  const child = spawn(programs[peer], args, { cwd: folder, env, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += String(chunk);
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await answering(port, child, () => said);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answering(port: number, child: ChildProcess, said: () => string): Promise<void> {
  for (const giveUpAt = performance.now() + 10_000; performance.now() < giveUpAt; await pause(20)) {
    if (child.exitCode !== null) throw new Error(`it ended: ${said()}`);
    if (await accepts(port)) return;
  }
  child.kill("SIGKILL");
  throw new Error(`nobody listens: ${said()}`);
}

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
