import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { createSigner, createVerifier, httpbis } from "http-message-signatures";
import { describe, expect, it } from "vitest";
import type { RequestMessage } from "../../exchange/signed-message.ts";
import { contentDigestText } from "../../framing/content-digest.ts";
import { readComponent, signMessage } from "../../framing/sign-message.ts";
import { GatewayError } from "../../kernel/errors.ts";
import { Secret } from "../../kernel/secret.ts";
import { epochMs } from "../../kernel/units.ts";
import { createMemoryNonceStore } from "../../platform/memory/index.ts";
import { requestSigner, signatureCrypto } from "../../platform/request-signature/index.ts";
import type { SigningRules } from "./judge.ts";
import { prove, type SignatureProfile, type SignatureResult } from "./stage.ts";

const rules: SigningRules = { nonce: "required", ageSeconds: 300, skewSeconds: 60, components: [] };
const now = 1_795_392_000_000;
const nonce = "q83vEjRWeJASNFZ4kBI0Vg";
const secret = new Secret("sallyport-example-secret");
const utf8 = new TextEncoder();
const pairs = {
  ed25519: generateKeyPairSync("ed25519"),
  "ecdsa-p256-sha256": generateKeyPairSync("ec", { namedCurve: "P-256" }),
};
const pemOf = (algorithm: keyof typeof pairs) => ({
  verifying: new Secret(pairs[algorithm].publicKey.export({ type: "spki", format: "pem" }).toString()),
  signing: new Secret(pairs[algorithm].privateKey.export({ type: "pkcs8", format: "pem" }).toString()),
});
const keys = new Map([
  ["shared", signatureCrypto.verifyingKey("hmac-sha256", secret)],
  ["ed", signatureCrypto.verifyingKey("ed25519", pemOf("ed25519").verifying)],
  ["ec", signatureCrypto.verifyingKey("ecdsa-p256-sha256", pemOf("ecdsa-p256-sha256").verifying)],
]);
const signers = {
  shared: signatureCrypto.signingKey("hmac-sha256", secret),
  ed: signatureCrypto.signingKey("ed25519", pemOf("ed25519").signing),
  ec: signatureCrypto.signingKey("ecdsa-p256-sha256", pemOf("ecdsa-p256-sha256").signing),
};

/** A gateway's door at a time that can be set, with what it counted. */
function door(changes: Partial<SigningRules> = {}, entriesMax?: number) {
  const clock = { at: now, now: () => epochMs(clock.at) };
  const counted: [SignatureProfile, SignatureResult][] = [];
  const ports = {
    clock,
    crypto: signatureCrypto,
    nonces: createMemoryNonceStore(clock, entriesMax),
    keyOf: (keyId: string) => keys.get(keyId),
    count: (profile: SignatureProfile, result: SignatureResult) => void counted.push([profile, result]),
  };
  return {
    clock,
    counted,
    /** `good`, the reason of `signature_invalid`, or the code of another refusal. */
    ask: async (message: RequestMessage, body: Uint8Array | string = ""): Promise<string> => {
      const bytes = typeof body === "string" ? utf8.encode(body) : body;
      try {
        const proven = await prove({ message, readBody: async () => bytes }, { ...rules, ...changes }, ports);
        expect(proven.body).toBe(bytes);
        return "good";
      } catch (thrown) {
        const { code, detail } = GatewayError.from(thrown);
        return code === "signature_invalid" ? (detail.split(":")[0] ?? "") : code;
      }
    },
  };
}

const bodyText = '{"model":"auto"}';
const digestOf = (body: string | Uint8Array, algorithm: "sha-256" | "sha-512" = "sha-256") =>
  contentDigestText({ algorithm, digest: signatureCrypto.digest(algorithm, body) });
const get: RequestMessage = {
  method: "GET",
  scheme: "https",
  authority: "api.example.test",
  target: "/v1/models",
  path: "/v1/models",
  query: "",
  fields: ["Host", "api.example.test"],
};
const post: RequestMessage = {
  ...get,
  method: "POST",
  target: "/v1/chat/completions?a=1&b=2",
  path: "/v1/chat/completions",
  query: "a=1&b=2",
  fields: [
    ...["Host", "api.example.test", "Content-Type", "application/json"],
    ...["Content-Length", "16", "Content-Digest", digestOf(bodyText)],
  ],
};
const whole = ["@method", "@authority", "@path", "@query", "content-type", "content-digest"];
const bare = ["@method", "@authority", "@path", "@query"];

interface How {
  readonly components?: readonly string[];
  readonly by?: keyof typeof signers;
  readonly label?: string;
  readonly parameters?: Readonly<Record<string, string | number>>;
}

function signed(
  message: RequestMessage,
  { components = whole, by = "shared", label = "sig1", parameters }: How = {},
) {
  const made = signMessage(message, {
    label,
    components: components.map((name) => readComponent(name) ?? expect.fail(name)),
    parameters: parameters ?? { created: now / 1000, nonce, keyid: by },
    sign: signers[by].sign,
  });
  if ("fault" in made) throw new Error(made.fault);
  return { ...message, fields: [...message.fields, ...made.headers] };
}

const simple = (message: RequestMessage, body: string, at = now, with_ = nonce): RequestMessage => ({
  ...message,
  fields: [
    ...message.fields,
    ...requestSigner.sign({ ...message, body }, { keyId: "shared", secret, at: epochMs(at), nonce: with_ }),
  ],
});

describe("a good signature", () => {
  it.for(["shared", "ed", "ec"] as const)("by %s is taken once", async (by) => {
    const { ask, counted } = door();
    const request = signed(post, { by });
    expect(await ask(request, bodyText)).toBe("good");
    expect(await ask(request, bodyText)).toBe("replayed");
    expect(counted).toEqual([
      ["rfc9421", "good"],
      ["rfc9421", "replayed"],
    ]);
  });

  it("of the simple profile is taken once", async () => {
    const { ask, counted } = door();
    expect(await ask(simple(post, bodyText), bodyText)).toBe("good");
    expect(await ask(simple(post, bodyText), bodyText)).toBe("replayed");
    expect(await ask(simple(get, ""), "")).toBe("replayed");
    expect(await door().ask(simple(get, ""), "")).toBe("good");
    expect(counted).toHaveLength(3);
  });

  it("may have the target as a whole, more components, sha-512, and no body", async () => {
    const more = { ...post, fields: [...post.fields, "X-Tenant", "a", "X-Tenant", "b"] };
    expect(await door().ask(signed(more, { components: [...whole, "x-tenant"] }), bodyText)).toBe("good");
    const target = ["@method", "@target-uri", "content-type", "content-digest"];
    expect(await door().ask(signed(post, { components: target }), bodyText)).toBe("good");
    const other = {
      ...post,
      fields: post.fields.map((value) =>
        value.startsWith("sha-256") ? `${digestOf(bodyText, "sha-512")}, md5=:YQ==:` : value,
      ),
    };
    expect(await door().ask(signed(other), bodyText)).toBe("good");
    expect(await door().ask(signed(get, { components: bare }))).toBe("good");
  });

  it("of several is the one of a key of ours", async () => {
    const { signature, input } = { signature: "other=:AAAA:", input: 'other=();keyid="stranger"' };
    const request = signed(get, { components: bare });
    const fields = ["Signature", signature, "Signature-Input", input, ...request.fields];
    expect(await door().ask({ ...request, fields })).toBe("good");
  });

  it("is the one with our tag, where we have one", async () => {
    const tagged = (tag: string) =>
      signed(get, { components: bare, parameters: { created: now / 1000, nonce, keyid: "shared", tag } });
    expect(await door({ tag: "mine" }).ask(tagged("mine"))).toBe("good");
    expect(await door({ tag: "mine" }).ask(tagged("other"))).toBe("malformed");
    expect(await door({ tag: "mine" }).ask(signed(get, { components: bare }))).toBe("malformed");
  });
});

describe("refusals", () => {
  const created = now / 1000;
  it.for<{
    readonly name: string;
    readonly request: RequestMessage;
    readonly reason: string;
    readonly body?: string;
  }>([
    {
      name: "a key nobody knows",
      request: signed(get, { components: bare, parameters: { created, nonce, keyid: "x" } }),
      reason: "unknown_key",
    },
    {
      name: "no key",
      request: signed(get, { components: bare, parameters: { created, nonce } }),
      reason: "malformed",
    },
    {
      name: "no time",
      request: signed(get, { components: bare, parameters: { nonce, keyid: "shared" } }),
      reason: "malformed",
    },
    {
      name: "no nonce",
      request: signed(get, { components: bare, parameters: { created, keyid: "shared" } }),
      reason: "malformed",
    },
    {
      name: "a short nonce",
      request: signed(get, {
        components: bare,
        parameters: { created, nonce: "a".repeat(21), keyid: "shared" },
      }),
      reason: "malformed",
    },
    {
      name: "another algorithm than the key's",
      request: signed(get, {
        components: bare,
        parameters: { created, nonce, keyid: "shared", alg: "ed25519" },
      }),
      reason: "wrong_alg",
    },
    {
      name: "no algorithm at all",
      request: signed(get, {
        components: bare,
        parameters: { created, nonce, keyid: "shared", alg: "none" },
      }),
      reason: "wrong_alg",
    },
    {
      name: "the public key used as a secret",
      request: signed(get, {
        components: bare,
        parameters: { created, nonce, keyid: "ed", alg: "hmac-sha256" },
      }),
      reason: "wrong_alg",
    },
    {
      name: "another key's name",
      request: signed(get, { components: bare, by: "ed", parameters: { created, nonce, keyid: "shared" } }),
      reason: "bad_signature",
    },
    {
      name: "expired",
      request: signed(get, {
        components: bare,
        parameters: { created, nonce, keyid: "shared", expires: created },
      }),
      reason: "expired",
    },
    ...bare.map((left) => ({
      name: `${left} not covered`,
      request: signed(get, { components: bare.filter((name) => name !== left) }),
      reason: "missing_component",
    })),
    {
      name: "the content type not covered",
      request: signed(post, { components: whole.filter((name) => name !== "content-type") }),
      reason: "missing_component",
      body: bodyText,
    },
    {
      name: "the digest not covered",
      request: signed(post, { components: whole.filter((name) => name !== "content-digest") }),
      reason: "missing_component",
      body: bodyText,
    },
    {
      name: "a body that the head does not tell",
      request: signed(get, { components: bare }),
      reason: "missing_component",
      body: "x",
    },
    {
      name: "a component that did not come",
      request: {
        ...signed({ ...get, fields: ["x-a", "1"] }, { components: [...bare, "x-a"] }),
        fields: signed({ ...get, fields: ["x-a", "1"] }, { components: [...bare, "x-a"] }).fields.slice(2),
      },
      reason: "missing_component",
    },
    {
      name: "another body",
      request: signed(post),
      reason: "digest_mismatch",
      body: bodyText.replace("auto", "auti"),
    },
    { name: "no body", request: signed(post), reason: "digest_mismatch", body: "" },
    {
      name: "no digest of a known algorithm",
      request: signed({ ...post, fields: ["content-type", "a", "content-digest", "md5=:YQ==:"] }),
      reason: "malformed",
      body: bodyText,
    },
    {
      name: "two digests, one of which is wrong",
      request: signed({
        ...post,
        fields: ["content-type", "a", "content-digest", `${digestOf(bodyText)}, ${digestOf("", "sha-512")}`],
      }),
      reason: "digest_mismatch",
      body: bodyText,
    },
    { name: "both profiles", request: simple(signed(get, { components: bare }), ""), reason: "malformed" },
    {
      name: "a header twice",
      request: { ...simple(get, ""), fields: [...simple(get, "").fields, "x-sallyport-nonce", nonce] },
      reason: "malformed",
    },
    {
      name: "a simple signature by a public key",
      request: {
        ...simple(get, ""),
        fields: simple(get, "").fields.map((value) => (value === "shared" ? "ed" : value)),
      },
      reason: "wrong_alg",
    },
    {
      name: "a simple signature of a stranger",
      request: {
        ...simple(get, ""),
        fields: simple(get, "").fields.map((value) => (value === "shared" ? "x" : value)),
      },
      reason: "unknown_key",
    },
    {
      name: "a simple signature of another body",
      request: simple(get, ""),
      reason: "bad_signature",
      body: "x",
    },
    {
      name: "a simple signature in capitals",
      request: {
        ...simple(get, ""),
        fields: simple(get, "").fields.map((value) =>
          value.startsWith("v1=") ? value.toUpperCase() : value,
        ),
      },
      reason: "malformed",
    },
    {
      name: "a signature nobody can read",
      request: { ...get, fields: ["signature-input", "sig=(", "signature", "sig=:YQ==:"] },
      reason: "malformed",
    },
    {
      name: "an unknown derived component",
      request: {
        ...get,
        fields: [
          "signature-input",
          `sig=("@method" "@authority" "@path" "@query" "@new");created=${created};keyid="shared";nonce="${nonce}"`,
          "signature",
          "sig=:YQ==:",
        ],
      },
      reason: "malformed",
    },
  ])("$reason: $name", async ({ request, reason, body = "" }) => {
    const { ask, counted } = door();
    expect(await ask(request, body)).toBe(reason);
    expect(counted.map(([, result]) => result)).toEqual([reason]);
  });

  it("what the settings want covered is needed", async () => {
    const wants = door({ components: ['"x-tenant"'] });
    const message = { ...get, fields: ["X-Tenant", "a"] };
    expect(await wants.ask(signed(message, { components: bare }))).toBe("missing_component");
    expect(await wants.ask(signed(message, { components: [...bare, "x-tenant"] }))).toBe("good");
  });

  it("a nonce may be left out where the settings say so; one that comes still counts once", async () => {
    const { ask } = door({ nonce: "optional" });
    const without = signed(get, { components: bare, parameters: { created, keyid: "shared" } });
    expect(await ask(without)).toBe("good");
    expect(await ask(without)).toBe("good");
    expect(await ask(signed(get, { components: bare }))).toBe("good");
    expect(await ask(signed(get, { components: bare }))).toBe("replayed");
  });

  it("strangers cannot fill the memory of nonces; when it is full nobody passes", async () => {
    const { ask } = door({}, 1);
    expect(await ask(signed(post), "another body")).toBe("digest_mismatch");
    expect(
      await ask(signed(get, { components: bare, by: "ed", parameters: { created, nonce, keyid: "shared" } })),
    ).toBe("bad_signature");
    expect(await ask(signed(get, { components: bare }))).toBe("good");
    expect(await ask(signed(get, { components: bare, by: "ed" }))).toBe("storage_unavailable");
  });
});

/** A request as the bytes that stand for it, each of which can be another. */
const parts = (message: RequestMessage, body: string) => ({
  method: message.method,
  authority: message.authority,
  path: message.path,
  query: message.query,
  ...Object.fromEntries(message.fields.map((value, index) => [`field ${index}`, value])),
  body,
});

describe("every byte of a signed request, changed, is refused", () => {
  it.for([
    {
      name: "rfc9421",
      request: signed(post),
      isFree: (_: string, index: number) => index < 2 || index === 4 || index === 5,
    },
    {
      name: "ed25519",
      request: signed(post, { by: "ed" }),
      isFree: (_: string, index: number) => index < 2 || index === 4 || index === 5,
    },
    { name: "sallyport-hmac-v1", request: simple({ ...post, fields: [] }, bodyText), isFree: () => false },
  ])("$name", async ({ request, isFree }) => {
    // Not signed and of no meaning here: `Host` (its value is the authority's source) and `Content-Length`.
    const texts = Object.entries(parts(request, bodyText));
    let tried = 0;
    for (const [name, text] of texts) {
      const index = name.startsWith("field ") ? Number(name.slice(6)) : -1;
      if (index >= 0 && isFree(name, index)) continue;
      for (let at = 0; at < text.length; at += 1) {
        for (const mask of [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40]) {
          const changed =
            text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ mask) + text.slice(at + 1);
          // Names of fields and of hosts are the same in any case; a value is the same with white space around it.
          const isName = index >= 0 && index % 2 === 0;
          if ((isName || name === "authority") && changed.toLowerCase() === text.toLowerCase()) continue;
          const next: RequestMessage = {
            ...request,
            method: name === "method" ? changed : request.method,
            authority: name === "authority" ? changed : request.authority,
            path: name === "path" ? changed : request.path,
            query: name === "query" ? changed : request.query,
            fields: request.fields.map((value, place) => (place === index ? changed : value)),
          };
          const answer = await door().ask(next, name === "body" ? changed : bodyText);
          tried += 1;
          if (answer === "good") expect.fail(`${name} at ${at}: ${JSON.stringify(changed)}`);
        }
      }
    }
    expect(tried).toBeGreaterThan(1500);
  });
});

describe("time, at any moment", () => {
  const moments = fc.integer({ min: -400_000, max: 200_000 });
  it("a signature is good from 60 s before its time to 300 s after it, both included", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(moments, fc.constantFrom(-300_001, -300_000, 60_000, 60_001)),
        fc.boolean(),
        async (offset, isSimple) => {
          const { ask, clock } = door();
          clock.at = now - offset;
          const request = isSimple ? simple(get, "") : signed(get, { components: bare });
          const wanted = -offset > 300_000 ? "stale" : offset > 60_000 ? "future" : "good";
          expect(await ask(request)).toBe(wanted);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("of any number of tries of one request at any times, one is good", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(moments, { minLength: 1, maxLength: 12 }), async (offsets) => {
        const { ask, clock } = door();
        const request = signed(get, { components: bare });
        const answers: string[] = [];
        for (const offset of offsets.toSorted((left, right) => left - right)) {
          clock.at = now + offset;
          answers.push(await ask(request));
        }
        const isEverGood = offsets.some((offset) => offset >= -60_000 && offset <= 300_000);
        expect(answers.filter((answer) => answer === "good")).toHaveLength(isEverGood ? 1 : 0);
      }),
      { numRuns: 300 },
    );
  });

  it("many different ones at once are all good, and of the same at once one is", async () => {
    const { ask } = door();
    const nonces = Array.from({ length: 50 }, (_, index) => `nonce-${String(index).padStart(22, "0")}`);
    const requests = nonces.map((value) => simple(get, "", now, value));
    const answers = await Promise.all([...requests, ...requests].map((request) => ask(request)));
    expect(answers.filter((answer) => answer === "good")).toHaveLength(50);
    expect(answers.filter((answer) => answer === "replayed")).toHaveLength(50);
  });
});

describe("http-message-signatures of npm", () => {
  const url = `https://${post.authority}${post.target}`;
  const headers = Object.fromEntries(
    post.fields.flatMap((name, index) => (index % 2 === 0 ? [[name, post.fields[index + 1] ?? ""]] : [])),
  );
  const theirs = {
    shared: { id: "shared", sign: createSigner(secret.reveal(), "hmac-sha256").sign },
    ed: { id: "ed", sign: createSigner(pairs.ed25519.privateKey, "ed25519").sign },
    ec: { id: "ec", sign: createSigner(pairs["ecdsa-p256-sha256"].privateKey, "ecdsa-p256-sha256").sign },
  };
  const theirChecks = {
    shared: createVerifier(secret.reveal(), "hmac-sha256"),
    ed: createVerifier(pairs.ed25519.publicKey, "ed25519"),
    ec: createVerifier(pairs["ecdsa-p256-sha256"].publicKey, "ecdsa-p256-sha256"),
  };
  const components = fc
    .shuffledSubarray([
      "@scheme",
      "@target-uri",
      "@request-target",
      "content-length",
      "host",
      '@query-param;name="b"',
    ])
    .map((more) => [...whole, ...more]);

  it.for(["shared", "ed", "ec"] as const)("signs what we take: %s", async (by) => {
    await fc.assert(
      fc.asyncProperty(components, async (fields) => {
        const made = await httpbis.signMessage(
          {
            key: theirs[by],
            fields,
            params: ["created", "keyid", "nonce"],
            paramValues: { created: new Date(now), nonce },
          },
          { method: "POST", url, headers },
        );
        const flat = Object.entries(made.headers).flatMap(([name, value]) =>
          Array.isArray(value) ? value.flatMap((line) => [name, line]) : [name, value],
        );
        expect(await door().ask({ ...post, fields: flat }, bodyText)).toBe("good");
      }),
      { numRuns: 30 },
    );
  });

  it.for(["shared", "ed", "ec"] as const)("takes what we sign: %s", async (by) => {
    await fc.assert(
      fc.asyncProperty(components, async (fields) => {
        const { fields: flat } = signed(post, {
          components: fields,
          by,
          parameters: { created: Math.floor(Date.now() / 1000), nonce, keyid: by },
        });
        const sent: Record<string, string> = {};
        for (let at = 0; at < flat.length; at += 2) sent[flat[at] ?? ""] = flat[at + 1] ?? "";
        const check = (message: Record<string, string>) =>
          httpbis.verifyMessage(
            { keyLookup: async () => ({ id: by, verify: theirChecks[by] }) },
            { method: "POST", url, headers: message },
          );
        expect(await check(sent)).toBe(true);
        expect(await check({ ...sent, "Content-Type": "text/plain" })).toBe(false);
      }),
      { numRuns: 30 },
    );
  });
});
