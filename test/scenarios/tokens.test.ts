import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { request } from "node:https";
import { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningGateway, runGateway } from "../support/running-gateway.ts";
import { testTls } from "../support/test-tls.ts";

const open = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address: AddressInfo | string | null = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });

let directory: string;
let gateway: RunningGateway;
let issuer: string;
let sign: (claims: Readonly<Record<string, unknown>>) => Promise<string>;
const servers: Server[] = [];

/** The gateway with a real issuer and a real service, over TLS that asks for certificates. */
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "sallyport-tokens-"));
  const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: "k1" };
  const provider = createServer(({ url }, answer) => {
    const body =
      url === "/.well-known/openid-configuration" ? { issuer, jwks_uri: `${issuer}/keys` } : { keys: [jwk] };
    answer.end(JSON.stringify(body));
  });
  const echo = createServer(({ headers }, answer) => answer.end(JSON.stringify(headers)));
  servers.push(provider, echo);
  issuer = `http://127.0.0.1:${await open(provider)}`;
  const service = await open(echo);
  sign = (claims) =>
    new SignJWT({ sub: "alice", org: "acme", ...claims })
      .setProtectedHeader({ alg: "ES256", kid: "k1" })
      .setIssuer(issuer)
      .setAudience("sallyport")
      .setIssuedAt()
      .setExpirationTime("5m")
      .sign(privateKey);
  const files = { "cert.pem": testTls.serverCert, "key.pem": testTls.serverKey, "ca.pem": testTls.authority };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  const file = join(directory, "gate.yaml");
  writeFileSync(
    file,
    `server: { tls: { certFile: cert.pem, keyFile: key.pem, clientCaFile: ca.pem, clientAuth: request } }
identity:
  issuers: [{ issuer: "${issuer}", audience: sallyport, claims: { tenant: org } }]
  certificates: [{ uri: "spiffe://mesh/ns/a/sa/*", tenant: mesh }]
services: { echo: { baseUrl: "http://127.0.0.1:${service}", identityHeaders: true, identityToken: true } }
routes:
  any: { path: /any, service: echo }
  mesh: { path: /mesh, service: echo, auth: { anyOf: [mtls] } }
  both: { path: /both, service: echo, auth: { allOf: [jwt, mtls] } }
`,
  );
  gateway = await runGateway({ directory, args: ["--config", file] });
});
afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  for (const server of servers) server.close();
  rmSync(directory, { recursive: true, force: true });
});

function ask(
  path: string,
  headers: Readonly<Record<string, string>>,
  isWithCertificate = false,
): Promise<{ readonly status: number | undefined; readonly body: string }> {
  const own = isWithCertificate ? { cert: testTls.clientCert, key: testTls.clientKey } : {};
  return new Promise((resolve, reject) => {
    request(`${gateway.url}${path}`, { ca: testTls.authority, agent: false, headers, ...own }, (answer) => {
      let body = "";
      answer.on("data", (chunk) => {
        body += String(chunk);
      });
      answer.on("end", () => resolve({ status: answer.statusCode, body }));
    })
      .on("error", reject)
      .end();
  });
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe("a gateway that believes an issuer and an authority", () => {
  it("serves the bearer of a token, tells the service who that is, and keeps the token to itself", async () => {
    const { status, body } = await ask("/any", { ...bearer(await sign({})), "x-sallyport-subject": "root" });
    expect(status).toBe(200);
    const seen = JSON.parse(body);
    expect(seen).toMatchObject({ "x-sallyport-subject": "alice", "x-sallyport-tenant": "acme" });
    expect(seen).not.toHaveProperty("authorization");
    const { body: keys } = await ask("/.well-known/sallyport/jwks.json", {});
    const told = await jwtVerify(seen["x-sallyport-identity"], createLocalJWKSet(JSON.parse(keys)), {
      algorithms: ["EdDSA"],
      audience: "echo",
      issuer: "sallyport",
    });
    expect(told.payload).toMatchObject({ sub: "alice", tenant: "acme" });
    expect(Number(told.payload.exp) - Number(told.payload.iat)).toBe(60);
  });

  it("serves nobody without a proof, with a forged one, or with two", async () => {
    const token = await sign({});
    expect(await ask("/any", {})).toMatchObject({ status: 401 });
    expect(await ask("/any", bearer(`${token.slice(0, -8)}AAAAAAAA`))).toMatchObject({ status: 401 });
    expect(await ask("/any", bearer(await sign({ org: undefined })))).toMatchObject({ status: 401 });
    expect(await ask("/any", { ...bearer(token), "x-api-key": "sp-another" })).toMatchObject({ status: 401 });
  });

  it("knows a client by its certificate, where no other proof comes", async () => {
    const { status, body } = await ask("/any", {}, true);
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({
      "x-sallyport-subject": "spiffe://mesh/ns/a/sa/alice",
      "x-sallyport-tenant": "mesh",
    });
  });

  it("holds each route to the proofs that it asks for", async () => {
    const token = await sign({});
    expect(await ask("/mesh", bearer(token))).toMatchObject({ status: 401 });
    expect(await ask("/mesh", {}, true)).toMatchObject({ status: 200 });
    expect(await ask("/both", bearer(token))).toMatchObject({ status: 401 });
    expect(await ask("/both", {}, true)).toMatchObject({ status: 401 });
    expect(await ask("/both", bearer(await sign({ org: "mesh" })), true)).toMatchObject({ status: 200 });
    // Of two tenants at once nobody can be.
    expect(await ask("/both", bearer(token), true)).toMatchObject({ status: 401 });
  });
});
