import { once } from "node:events";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { testAuthority } from "../../../test/support/certificates.ts";
import { record, requestOf } from "../../../test/support/heard-answer.ts";
import { type RawCall, rawUpstream } from "../../../test/support/raw-upstream.ts";
import { Permit } from "../../exchange/permit.ts";
import { milliseconds } from "../../kernel/units.ts";
import type { ByteSocket } from "../../ports/byte-socket.ts";
import type { UpstreamHead, UpstreamRequest } from "../../ports/transport.ts";
import { createTunnels } from "./index.ts";

const tunnels = createTunnels({ connectTimeoutMs: 2000, endOfTurn: setImmediate });
const switching =
  "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-A: 1\r\n\r\n";

interface Switched {
  readonly head: UpstreamHead;
  readonly socket: ByteSocket;
  readonly early: string;
}

function open(change: Partial<UpstreamRequest> & Pick<UpstreamRequest, "origin">) {
  const heard = record();
  const switched = Promise.withResolvers<Switched>();
  const request = requestOf({ method: "GET", path: "/socket", ...change });
  const { abort } = tunnels.open(
    { ...request, protocol: "websocket" },
    {
      ...heard.listener,
      switched: (head, socket, early) =>
        switched.resolve({ head, socket, early: Buffer.from(early).toString() }),
    },
  );
  return { ...heard, abort, switched: switched.promise };
}

const say =
  (text: string) =>
  ({ socket }: RawCall): void =>
    void socket.write(text);

describe("tunnels", () => {
  it("hand over the connection with what came early, and leave it alone", async () => {
    await using upstream = await rawUpstream(say(`${switching}early`));
    const tunnel = open({ origin: upstream.url, headers: ["x-b", "2"], idleTimeout: milliseconds(20) });
    const { head, socket, early } = await tunnel.switched;
    expect(head.status).toBe(101);
    expect(head.list?.slice(-2)).toEqual(["x-a", "1"]);
    expect(early).toBe("early");
    const call = await upstream.call(0);
    expect(call.head).toMatch(/^GET \/socket HTTP\/1\.1\r\nhost: 127\.0\.0\.1:\d+\r\n/);
    expect(call.head.toLowerCase()).toContain("connection: upgrade\r\nupgrade: websocket");
    expect(call.head).toContain("x-b: 2");
    const heard = new Promise<string>((resolve) => socket.on("data", (chunk) => resolve(String(chunk))));
    call.socket.write("down");
    expect(await heard).toBe("down");
    tunnel.abort();
    const closed = new Promise<void>((resolve) => socket.on("close", resolve));
    call.socket.destroy();
    await closed;
    expect(tunnel.told).toEqual([]);
  });

  it("tell a refusal as the answer it is", async () => {
    await using upstream = await rawUpstream(
      say(
        "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 401 No\r\nwww-authenticate: x\r\ncontent-length: 2\r\n\r\nno",
      ),
    );
    const tunnel = open({ origin: upstream.url });
    expect(await tunnel.over).toBe("end");
    expect(tunnel.told).toEqual(["103", "head 401", "data", "end"]);
    expect(tunnel.head()?.headers.get("www-authenticate")).toBe("x");
    await (await upstream.call(0)).closedAt;
  });

  it.for([
    {
      name: "a switch to something else",
      says: switching.replace("websocket", "h2c"),
      told: "failed upstream_malformed_response",
    },
    { name: "no HTTP", says: "HELLO\r\n\r\n", told: "failed upstream_malformed_response" },
  ])("refuse $name, and close", async ({ says, told }) => {
    await using upstream = await rawUpstream(say(says));
    const tunnel = open({ origin: upstream.url });
    expect(await tunnel.over).toBe(told);
    await (await upstream.call(0)).closedAt;
  });

  it("give up what does not answer, and what nobody wants any more", async () => {
    await using upstream = await rawUpstream();
    const late = open({ origin: upstream.url, headTimeout: milliseconds(50) });
    expect(await late.over).toBe("failed upstream_timeout");
    const unwanted = open({ origin: upstream.url });
    const call = await upstream.call(1);
    unwanted.abort();
    await call.closedAt;
    expect(unwanted.told).toEqual([]);
  });

  it("tell that nobody was reached, and go nowhere without leave", async () => {
    const gone = await rawUpstream();
    await gone[Symbol.asyncDispose]();
    expect(await open({ origin: gone.url }).over).toBe("failed upstream_unreachable, not sent");
    expect(() => open({ origin: gone.url, permit: new Permit("http://other") })).toThrow("permit");
    await using silent = await rawUpstream();
    const origin = silent.url.replace("http:", "https:");
    expect(await open({ origin, connectTimeout: milliseconds(50) }).over).toBe(
      "failed upstream_unreachable, not sent",
    );
  });

  it("speak TLS as they are told", async () => {
    using authority = testAuthority();
    const server = createSecureServer(authority.issue("server", ["DNS:a.example"]));
    server.on("upgrade", (_request, socket) => void socket.end(`${switching}hello`));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const tunnel = open({ origin, tls: { ca: authority.ca, serverName: "a.example" } });
    const { socket } = await tunnel.switched;
    socket.destroy();
    expect(await open({ origin, tls: { ca: authority.ca } }).over).toBe(
      "failed upstream_unreachable, not sent",
    );
    await new Promise((resolve) => server.close(resolve));
  });
});
