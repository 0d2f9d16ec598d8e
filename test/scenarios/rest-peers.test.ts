import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BootedGateway } from "../support/booted-gateway.ts";
import {
  caddyServer,
  haproxyServer,
  isMissing,
  nginxServer,
  type PeerServer,
  run,
} from "../support/peers.ts";
import { type NodeOrigin, nodeOrigin, restGateway } from "../support/rest-gateway.ts";

const missing = (["nginx", "haproxy", "caddy", "curl", "h2load"] as const).filter(isMissing);

/** What a peer in front has told, and the body, as the origin got them. */
interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

describe.skipIf(missing.length > 0)("real peers", () => {
  const open: AsyncDisposable[] = [];
  let origin: NodeOrigin;
  let front: Readonly<Record<string, PeerServer>>;
  let gateway: BootedGateway;
  const kept = async <One extends AsyncDisposable>(opening: Promise<One>): Promise<One> => {
    const one = await opening;
    open.unshift(one);
    return one;
  };

  beforeAll(async () => {
    origin = await kept(
      nodeOrigin((request, response) => {
        const pieces: Buffer[] = [];
        request.on("data", (piece: Buffer) => pieces.push(piece));
        request.on("end", () => {
          const { method, url, headers } = request;
          response.setHeader("content-type", "application/json");
          response.end(JSON.stringify({ method, url, headers, body: Buffer.concat(pieces).toString() }));
        });
      }),
    );
    const originPort = Number(new URL(origin.url).port);
    const nginx = await kept(
      nginxServer(
        `location = /teapot { return 418 "short"; } location / { try_files $uri =404; } location = /gone { return 204; }`,
      ),
    );
    const haproxy = await kept(haproxyServer(originPort, "proto h2"));
    const haproxy1 = await kept(haproxyServer(originPort));
    const caddy = await kept(caddyServer(`reverse_proxy 127.0.0.1:${originPort}`));
    gateway = await kept(
      restGateway(`
server: { trustedProxies: ["127.0.0.1/32"] }
services:
  echo: { baseUrl: "${origin.url}" }
  nginx: { baseUrl: "${nginx.url}" }
  haproxy: { baseUrl: "${haproxy.url}", http: "2" }
  haproxy1: { baseUrl: "${haproxy1.url}" }
  caddy: { baseUrl: "${caddy.url}" }
  caddy2: { baseUrl: "${caddy.url}", http: "2" }
routes:
  echo: { service: echo, path: /echo/*, auth: none }
  nginx: { service: nginx, path: /nginx/*, auth: none, rewrite: /* }
  haproxy: { service: haproxy, path: /haproxy/*, auth: none }
  haproxy1: { service: haproxy1, path: /haproxy1/*, auth: none }
  caddy: { service: caddy, path: /caddy/*, auth: none }
  caddy2: { service: caddy2, path: /caddy2/*, auth: none }
`),
    );
    const { port } = gateway;
    front = {
      nginx: await kept(
        nginxServer(
          `location / { proxy_pass http://gate; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_request_buffering off; proxy_buffering off; }`,
          `upstream gate { server 127.0.0.1:${port}; keepalive 8; }`,
        ),
      ),
      haproxy: await kept(haproxyServer(port, "", "proto h2")),
      haproxy1: await kept(haproxyServer(port)),
      caddy: await kept(caddyServer(`reverse_proxy 127.0.0.1:${port}`)),
      caddy2: await kept(caddyServer(`reverse_proxy h2c://127.0.0.1:${port}`)),
    };
  });
  afterAll(async () => {
    for (const one of open) await one[Symbol.asyncDispose]();
  });

  const curl = (...args: readonly string[]): Promise<string> =>
    run("curl", ["-sS", "--max-time", "20", ...args]);
  const gate = (path: string): string => `http://127.0.0.1:${gateway.port}${path}`;

  it.for([
    ["GET", []],
    ["HEAD", ["-I"]],
    ["OPTIONS", ["-X", "OPTIONS"]],
    ["DELETE", ["-X", "DELETE"]],
    ["PROPFIND", ["-X", "PROPFIND"]],
    ["POST", ["-d", "a=1"]],
    ["POST", ["-d", ""]],
    ["PUT", ["-X", "PUT", "-H", "transfer-encoding: chunked", "-d", "chunks"]],
    ["PATCH", ["-X", "PATCH", "-d", "{}", "-H", "content-type: application/json"]],
    ["POST", ["-F", "file=@package.json"]],
    ["POST", ["-d", "waits", "-H", "expect: 100-continue"]],
  ] as const)("curl by %s with %j, by HTTP/1.1 and HTTP/2", async ([method, args]) => {
    for (const version of ["--http1.1", "--http2-prior-knowledge", "--http2"]) {
      const out = await curl(version, "-w", "\n%{http_code}", ...args, gate("/echo/a?b=c"));
      expect([version, out]).toEqual([version, expect.stringMatching(/\n200$/)]);
      if (method === "HEAD") continue;
      const seen: Seen = JSON.parse(out.slice(0, -"\n200".length));
      expect({ method: seen.method, url: seen.url }).toEqual({ method, url: "/echo/a?b=c" });
      for (const word of ["chunks", "waits"])
        if (args.join(" ").includes(`-d ${word}`)) expect(seen.body).toBe(word);
    }
  });

  it("nginx behind: a file, a part of it, not changed, and statuses", async () => {
    const both = ["--http1.1", "--http2-prior-knowledge"];
    for (const version of both) {
      expect(await curl(version, gate("/nginx/file.txt"))).toBe("0123456789");
      expect(await curl(version, "-r", "2-4", gate("/nginx/file.txt"))).toBe("234");
      const head = await curl(version, "-I", gate("/nginx/file.txt"));
      expect(head).toMatch(/content-length: 10\r/i);
      const [, tag = ""] = /etag: (\S+)/i.exec(head) ?? [];
      const fresh = ["-o", "/dev/null", "-w", "%{http_code} %{size_download}", "-H", `if-none-match: ${tag}`];
      expect(await curl(version, ...fresh, gate("/nginx/file.txt"))).toBe("304 0");
      expect(await curl(version, "-w", " %{http_code}", gate("/nginx/teapot"))).toBe("short 418");
      expect(await curl(version, "-w", "%{http_code}", gate("/nginx/gone"))).toBe("204");
    }
  });

  it.for(["haproxy", "haproxy1", "caddy", "caddy2"])("%s behind", async (name) => {
    for (const version of ["--http1.1", "--http2-prior-knowledge"]) {
      const seen: Seen = JSON.parse(await curl(version, "-d", "hello", gate(`/${name}/a?b=1`)));
      expect({ url: seen.url, method: seen.method, body: seen.body }).toEqual({
        url: `/${name}/a?b=1`,
        method: "POST",
        body: "hello",
      });
      const chunked: Seen = JSON.parse(await curl(version, "-T", "package.json", gate(`/${name}/upload`)));
      expect(chunked.body).toContain('"name"');
    }
  });

  it.for(["nginx", "haproxy", "haproxy1", "caddy", "caddy2"])("%s in front", async (name) => {
    const url = front[name]?.url ?? "";
    for (const args of [
      ["-d", "hello"],
      ["-H", "transfer-encoding: chunked", "-d", "hello"],
    ]) {
      const seen: Seen = JSON.parse(await curl(...args, `${url}/echo/a%20b?c=%2F`));
      expect({ url: seen.url, body: seen.body }).toEqual({ url: "/echo/a%20b?c=%2F", body: "hello" });
      const told = seen.headers["x-forwarded-for"] ?? "";
      // HAProxy is told to add none: then the peer is all there is.
      expect(told).toMatch(/^127\.0\.0\.1(?:, 127\.0\.0\.1)?$/);
    }
    expect(await curl("-o", "/dev/null", "-w", "%{http_code}", `${url}/nothing/here`)).toBe("404");
  });

  it.for([
    ["HTTP/2", ["-c", "4", "-m", "8"]],
    ["HTTP/1.1", ["-c", "8", "--h1"]],
  ] as const)("h2load by %s: every answer is a good one", async ([, args]) => {
    const out = await run("h2load", ["-n", "2000", ...args, gate("/echo/load")]);
    expect(out).toMatch(/2000 total, 2000 started, 2000 done, 2000 succeeded, 0 failed/);
    expect(out).toMatch(/status codes: 2000 2xx/);
  });
});
