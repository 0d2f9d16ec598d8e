/** Providers that are served at several addresses: over real sockets, with real checks. */
import { writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { type BootedGateway, bootGateway } from "../support/booted-gateway.ts";
import { chatAnswer, chatStream } from "../support/stream-frames.ts";

/** One server of a provider: answers, fails or hangs as the test says; counts what it was asked. */
interface Replica {
  readonly url: string;
  readonly port: number;
  /** `hang`: it takes calls and never answers. */
  state: "well" | "dead" | "failing" | "busy" | "hang" | "breaking";
  isHealthy: boolean;
  calls: number;
  checks: string[];
  /** Sockets that were opened. */
  connections: number;
  readonly server: Server;
}

/** An answer whose server says that it had kept two thirds of the prompt. */
const keeping = (answer: string): string =>
  answer.replace('"prompt_tokens":9', '"prompt_tokens":9,"prompt_tokens_details":{"cached_tokens":6}');

async function replica(name: string): Promise<Replica> {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method === "GET") {
      made.checks.push(`${request.url} ${request.headers.authorization ?? ""}`);
      response.writeHead(made.isHealthy ? 200 : 503).end("{}");
      return;
    }
    made.calls += 1;
    const body = Buffer.concat(await Array.fromAsync(request)).toString();
    switch (made.state) {
      case "dead":
        request.socket.resetAndDestroy();
        return;
      case "hang":
        return;
      case "failing":
        response.writeHead(500, { "content-type": "application/json" }).end('{"error":{"message":"broken"}}');
        return;
      case "busy":
        response
          .writeHead(503, { "content-type": "application/json", "retry-after": "30" })
          .end('{"error":{"message":"busy"}}');
        return;
      case "breaking":
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.write(chatStream(name, " cut").split("data: [DONE]")[0]?.slice(0, 400));
        setTimeout(() => request.socket.resetAndDestroy(), 20);
        return;
      case "well":
        if (body.includes('"stream":true'))
          response.writeHead(200, { "content-type": "text/event-stream" }).end(chatStream(name, " here"));
        else response.writeHead(200, { "content-type": "application/json" }).end(keeping(chatAnswer(name)));
    }
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const made: Replica = {
    url: `http://127.0.0.1:${port}`,
    port,
    state: "well",
    isHealthy: true,
    calls: 0,
    checks: [],
    connections: 0,
    server,
  };
  server.on("connection", () => {
    made.connections += 1;
  });
  return made;
}

let replicas: readonly Replica[] = [];
let gateway: BootedGateway | undefined;
afterEach(async () => {
  await gateway?.[Symbol.asyncDispose]();
  gateway = undefined;
  for (const { server } of replicas) {
    server.closeAllConnections();
    server.close();
  }
});

const configOf = (fields: string, more = ""): string => `
allowLiteralSecrets: true
providers:
  local:
    dialect: openai-chat
    key: secret-of-the-operator
    models: ["m*"]
    endpoints: [${replicas.map(({ url }, index) => `{ baseUrl: "${url}/v1", name: r${index} }`).join(", ")}]
    ${fields}
${more}
`;

async function start(count: number, fields = "", more = ""): Promise<BootedGateway> {
  replicas = await Promise.all(Array.from({ length: count }, (_, index) => replica(`replica ${index}`)));
  gateway = await bootGateway(configOf(fields, more));
  return gateway;
}

interface Told {
  readonly status: number;
  readonly text: string;
  readonly header: (name: string) => string | null;
}

async function ask(
  { port, key }: BootedGateway,
  body: Readonly<Record<string, unknown>> = {},
): Promise<Told> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "m-1", messages: [{ role: "user", content: "hi" }], ...body }),
  });
  return {
    status: response.status,
    text: await response.text(),
    header: (name) => response.headers.get(name),
  };
}

async function times<Value>(count: number, act: (index: number) => Promise<Value>): Promise<Value[]> {
  const values: Value[] = [];
  for (let index = 0; index < count; index += 1) values.push(await act(index));
  return values;
}

const statesOf = ({ booted }: BootedGateway) =>
  booted.control.balancing.list()[0]?.endpoints.map(({ state }) => state) ?? [];
const callsOf = () => replicas.map(({ calls }) => calls);

describe("a provider with several endpoints", () => {
  it.for(["predicted", "peak-ewma", "p2c", "least-request", "round-robin", "random"])(
    "shares its calls among them: %s",
    async (balance) => {
      const made = await start(3, `balance: ${balance}`);
      const told = await Promise.all(Array.from({ length: 60 }, () => ask(made)));
      expect(told.map(({ status }) => status)).toEqual(told.map(() => 200));
      for (const calls of callsOf()) expect(calls).toBeGreaterThan(3);
      expect(callsOf().reduce((sum, calls) => sum + calls, 0)).toBe(60);
    },
  );

  it.for(["consistent-hash", "maglev"])("keeps a conversation at one of them: %s", async (balance) => {
    const made = await start(4, `balance: ${balance}`);
    const placesOf = async (first: string): Promise<number> => {
      const before = callsOf();
      for (const turns of [1, 2, 3, 4]) {
        const more = Array.from({ length: turns - 1 }, (_, index) => [
          { role: "assistant", content: "so" },
          { role: "user", content: `and ${index}` },
        ]);
        await ask(made, { messages: [{ role: "user", content: first }, ...more.flat()] });
      }
      return callsOf().filter((calls, index) => calls > (before[index] ?? 0)).length;
    };
    const places = await times(12, (index) => placesOf(`conversation ${index}`));
    expect(places).toEqual(places.map(() => 1));
    expect(callsOf().filter((calls) => calls > 0).length).toBeGreaterThan(1);
  });

  it("lets a long conversation stay where its prompt is likely to be kept", async () => {
    const made = await start(4);
    const content = Array.from({ length: 4000 }, (_, index) => `word ${index}`).join(" ");
    const turns = [{ role: "user", content }];
    const places: number[] = [];
    for (let turn = 0; turn < 30; turn += 1) {
      const before = callsOf();
      await ask(made, { messages: turns });
      places.push(callsOf().findIndex((calls, index) => calls > (before[index] ?? 0)));
      turns.push({ role: "assistant", content: "so" }, { role: "user", content: `and ${turn}` });
    }
    // One call in a hundred goes anywhere, and the next may come back.
    const moves = places.filter((place, index) => index > 0 && place !== places[index - 1]);
    expect(moves.length).toBeLessThan(5);
    const metrics = made.booted.control.metrics();
    expect(metrics).toMatch(/^sallyport_prefix_hit_ratio\{pool="local"\} 0\.6666/m);
    expect(metrics).toContain('sallyport_balancer_imbalance{pool="local"} 1');
  });

  it("keeps all of a client key together, where that is asked for", async () => {
    const made = await start(4, "balance: maglev\n    hashOn: key");
    await times(8, (index) => ask(made, { messages: [{ role: "user", content: `${index}` }] }));
    expect(callsOf().toSorted((a, b) => a - b)).toEqual([0, 0, 0, 8]);
  });

  it("hides that one of them dies: the try goes to another at once, and the dead one is out", async () => {
    const made = await start(4, "balance: round-robin");
    await times(8, () => ask(made));
    const [first] = replicas;
    if (first === undefined) throw new Error("no replica");
    first.state = "dead";
    const from = performance.now();
    const told = await times(40, () => ask(made));
    expect(told.map(({ status }) => status)).toEqual(told.map(() => 200));
    expect(performance.now() - from).toBeLessThan(3000);
    expect(statesOf(made)).toEqual(["ejected", "in", "in", "in"]);
    expect(first.calls).toBe(2 + 5);
    const [breaker] = made.booted.control.breakers.list();
    expect(breaker?.phase).toBe("closed");
    const records = await made.records(48);
    const failed = records.filter(({ attempts }) => attempts.length > 1);
    expect(failed).toHaveLength(5);
    for (const { attempts } of failed) {
      expect(attempts.map(({ code }) => code)).toEqual(["upstream_unreachable", null]);
      expect(attempts[0]?.endpoint).toBe("r0");
      expect(attempts[1]?.endpoint).not.toBe("r0");
      // Nobody waits for another address.
      expect(attempts[1]?.waitedMs).toBeUndefined();
    }
    expect(
      made.logger
        .lines()
        .some(({ message, fields }) => message === "an endpoint changes" && fields?.["endpoint"] === "r0"),
    ).toBe(true);
  });

  it("leaves alone one endpoint that has too much to do, not the target", async () => {
    const made = await start(3, "balance: round-robin");
    const [first] = replicas;
    if (first === undefined) throw new Error("no replica");
    first.state = "busy";
    const told = await times(12, () => ask(made));
    expect(told.map(({ status }) => status)).toEqual(told.map(() => 200));
    expect(made.booted.control.coolDowns.list()).toEqual([]);
  });

  it("tells its client of an error only when all of them fail", async () => {
    const made = await start(2);
    for (const one of replicas) one.state = "failing";
    const told = await ask(made);
    expect(told.status).toBe(500);
    expect(callsOf()).toEqual([1, 1]);
  });

  it("counts what is in flight until the last byte, and takes a broken stream for a failure", async () => {
    const made = await start(3, "balance: least-request");
    for (const one of replicas) one.state = "breaking";
    const told = await ask(made, { stream: true });
    expect(told.status).toBe(200);
    await made.records(1);
    const [pool] = made.booted.control.balancing.list();
    expect(pool?.endpoints.map(({ inFlight }) => inFlight)).toEqual([0, 0, 0]);
    expect(pool?.endpoints.reduce((sum, { errors }) => sum + errors, 0)).toBe(1);
  });

  it("gives back the place of a client that goes", async () => {
    const made = await start(2, "balance: least-request");
    for (const one of replicas) one.state = "hang";
    const gone = new AbortController();
    const call = fetch(`http://127.0.0.1:${made.port}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${made.key}`, "content-type": "application/json" },
      body: JSON.stringify({ model: "m-1", messages: [{ role: "user", content: "hi" }] }),
      signal: gone.signal,
    });
    const inFlight = (): number =>
      made.booted.control.balancing.list()[0]?.endpoints.reduce((sum, one) => sum + one.inFlight, 0) ?? 0;
    await expect.poll(inFlight).toBe(1);
    gone.abort();
    await expect(call).rejects.toThrow();
    await expect.poll(inFlight).toBe(0);
    expect(made.booted.control.balancing.list()[0]?.endpoints.map(({ errors }) => errors)).toEqual([0, 0]);
  });

  it("names the endpoint in its answer where a pool shows all of its decisions, and nowhere else", async () => {
    const made = await start(2, "", "models: { open: { targets: [local/m-1], route: { expose: full } } }");
    const told = await ask(made, { model: "open" });
    expect(told.header("x-sallyport-endpoint")).toMatch(/^r[01]$/);
    expect((await ask(made)).header("x-sallyport-endpoint")).toBeNull();
  });

  it("is balanced on the raw lane too", async () => {
    const made = await start(2, "balance: round-robin");
    const raw = (): Promise<Response> =>
      fetch(`http://127.0.0.1:${made.port}/p/local/chat/completions`, {
        method: "POST",
        headers: { authorization: `Bearer ${made.key}`, "content-type": "application/json" },
        body: JSON.stringify({ model: "m-1", messages: [] }),
      });
    for (const response of await times(6, raw)) expect((await response.text()).length).toBeGreaterThan(0);
    expect(callsOf()).toEqual([3, 3]);
    const records = await made.records(6);
    expect(
      records.map(({ attempts }) => attempts[0]?.endpoint ?? "").toSorted((a, b) => a.localeCompare(b)),
    ).toEqual(["r0", "r0", "r0", "r1", "r1", "r1"]);
    expect(made.booted.control.balancing.list()[0]?.endpoints.map(({ inFlight }) => inFlight)).toEqual([
      0, 0,
    ]);
  });
});

describe("active checks", () => {
  const health = "health: { models: true, everyMs: 100, timeoutMs: 100, healthy: 2, unhealthy: 2 }";

  it("turn calls away from who is sick before one of them fails, and back once it is well", async () => {
    const made = await start(3, `balance: round-robin\n    ${health}`);
    const [first] = replicas;
    if (first === undefined) throw new Error("no replica");
    await expect.poll(() => first.checks.length, { timeout: 5000 }).toBeGreaterThan(0);
    expect(first.checks[0]).toBe("/v1/models Bearer secret-of-the-operator");
    first.isHealthy = false;
    await expect.poll(() => statesOf(made), { timeout: 5000 }).toEqual(["sick", "in", "in"]);
    await times(12, () => ask(made));
    expect(first.calls).toBe(0);
    first.isHealthy = true;
    await expect.poll(() => statesOf(made)[0], { timeout: 5000 }).toBe("starting");
    await times(12, () => ask(made));
    expect(first.calls).toBeGreaterThan(2);
    // They are no traffic: nobody has been asked anything but by the 24 calls.
    expect(made.booted.control.state().totals.requests).toBe(24);
    expect(made.booted.control.upstreams()[0]?.requests).toBe(24);
  });

  it("are made on connections of their own, and end with the gateway", async () => {
    const made = await start(2, health);
    const [first] = replicas;
    if (first === undefined) throw new Error("no replica");
    await expect.poll(() => first.checks.length, { timeout: 5000 }).toBeGreaterThan(4);
    expect(first.connections).toBeGreaterThanOrEqual(first.checks.length);
    made.booted.startDraining();
    await pause(100);
    const { length } = first.checks;
    await pause(400);
    expect(first.checks.length).toBe(length);
  });
});

describe("a new configuration", () => {
  it("takes endpoints out and in while calls are in flight", async () => {
    const made = await start(3, "balance: round-robin");
    await times(6, () => ask(made));
    const [, , third] = replicas;
    if (third === undefined) throw new Error("no replica");
    expect(third.calls).toBeGreaterThan(0);
    const before = third.calls;
    const all = replicas;
    replicas = all.slice(0, 2);
    await reload(made, configOf("balance: round-robin"));
    replicas = all;
    await times(12, () => ask(made));
    expect(third.calls).toBe(before);
    await reload(made, configOf("balance: round-robin"));
    expect(statesOf(made)).toEqual(["in", "in", "starting"]);
    await times(12, () => ask(made));
    expect(third.calls).toBeGreaterThan(before);
  });
});

async function reload({ booted }: BootedGateway, text: string): Promise<void> {
  const { file } = booted.control.config.state();
  writeFileSync(file ?? "", text);
  const { problems } = await booted.control.config.reload();
  expect(problems).toEqual([]);
}
