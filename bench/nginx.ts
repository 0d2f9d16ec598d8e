import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chatCompletion } from "./payload.ts";
import { type Core, freePort, listening, type Processes } from "./processes.ts";
import type { SystemUnderTest } from "./system-under-test.ts";

/** Starts the mock upstream: nginx that answers everything with one canned completion. */
export function startMock(processes: Processes, folder: string): Promise<SystemUnderTest> {
  const answer = `default_type application/json; return 200 '${chatCompletion}';`;
  return startNginx(processes, { name: "direct", folder, core: 1, http: "", location: answer });
}

/** Starts nginx as a plain reverse proxy in front of `upstream`: the limit of what a gateway can reach. */
export function startProxy(processes: Processes, folder: string, upstream: string): Promise<SystemUnderTest> {
  return startNginx(processes, {
    name: "nginx",
    folder,
    core: 0,
    http: `upstream mock { server ${new URL(upstream).host}; keepalive 2048; keepalive_requests 100000000; }`,
    location: `proxy_pass http://mock; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off;`,
  });
}

export interface NginxSettings {
  readonly name: "direct" | "nginx";
  readonly folder: string;
  readonly core: Core;
  /** Directives of the `http` block and of its location `/`. */
  readonly http: string;
  readonly location: string;
  /** Directives of other locations, by their paths. */
  readonly locations?: Readonly<Record<string, string>>;
  /** What clients speak without TLS; absent: HTTP/1.1. */
  readonly speaks?: "http2";
}

/** Starts one nginx. */
export async function startNginx(processes: Processes, settings: NginxSettings): Promise<SystemUnderTest> {
  const { name, core, http, location, locations = {}, speaks = "" } = settings;
  const others = Object.entries(locations).map(([path, directives]) => `location ${path} { ${directives} }`);
  const port = await freePort();
  const folder = join(settings.folder, `nginx-${port}`);
  mkdirSync(folder, { recursive: true });
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((kind) => `${kind}_temp_path ${folder}/${kind};`)
    .join(" ");
  const config = join(folder, "nginx.conf");
  // one process without a master: what the kernel accounts to the pid is all of it
  writeFileSync(
    config,
    `daemon off; master_process off; worker_processes 1; worker_rlimit_nofile 20000;
pid ${folder}/pid; error_log ${folder}/error.log warn;
events { worker_connections 8192; }
http {
  access_log off; ${temporary}
  keepalive_timeout 300s; keepalive_requests 100000000; tcp_nodelay on;
  ${http}
  server { listen 127.0.0.1:${port} backlog=16384 ${speaks}; ${others.join(" ")} location / { ${location} } }
}
`,
  );
  const running = await processes.start({
    program: nginxProgram,
    args: ["-p", folder, "-c", config],
    core,
  });
  const url = `http://127.0.0.1:${port}`;
  await listening(port);
  return { name, pid: running.pid, url, headers: {}, end: running.end };
}

/** Debian's place first: /usr/sbin is not in everybody's PATH. */
export const nginxProgram = "/usr/sbin/nginx";
