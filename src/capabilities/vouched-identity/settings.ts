import * as z from "zod";
import { proofs } from "../../exchange/proof.ts";
import { isOperatorUrl } from "./issuer-url.ts";

/** The longest that any token may be good for. */
const tokenLifetimeMsMax = 86_400_000;

const text = z.string().min(1).max(500);
const id = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:@-]{0,99}$/, "must be letters, digits and `. _ : @ -`, at most 100");
const url = z
  .string()
  .max(2048)
  .refine(isOperatorUrl, { error: "must begin with `https://`, or with `http://` on loopback" });

const claimRule = z.union([
  text.describe("The name of a claim, or a JSON Pointer to what is in one: `/realm_access/roles`."),
  z.strictObject({
    claim: text.describe("The name of a claim, or a JSON Pointer."),
    map: z
      .record(z.string().max(500), z.union([text, z.array(text).max(100)]))
      .exactOptional()
      .describe("What becomes of its values; those that are not named count for nothing."),
    default: z
      .union([text, z.array(text).max(100)])
      .exactOptional()
      .describe("Where the token has nothing that counts."),
  }),
  z.strictObject({
    value: z.union([text, z.array(text).max(100)]).describe("The same for all tokens of this issuer."),
  }),
]);

const claims = z
  .strictObject({
    tenant: claimRule.describe("A token that gives none is refused: nobody is guessed into a tenant."),
    project: claimRule.exactOptional(),
    user: claimRule.exactOptional().describe("`sub` when it is left out."),
    roles: claimRule.exactOptional(),
    scopes: claimRule
      .exactOptional()
      .describe(
        "What it may touch. Where there is such a rule, a token to which it gives nothing is refused.",
      ),
    models: claimRule
      .exactOptional()
      .describe("Globs of models, as with `scopes`; all when there is no such rule."),
    priority: claimRule.exactOptional().describe("`interactive` or `batch`; anything else is as usual."),
  })
  .describe("What the claims of a token say of who brings it.");

const issuer = z
  .strictObject({
    issuer: url.describe("`iss` of its tokens, character by character."),
    audience: z
      .union([text.transform((one) => [one]), z.array(text).min(1).max(20)])
      .describe("Names of this gateway: a token must be meant for one of them."),
    jwksUri: url
      .exactOptional()
      .describe("Where its keys are; found by `/.well-known/openid-configuration` when it is left out."),
    algorithms: z
      .array(z.enum(["RS256", "PS256", "ES256", "EdDSA"]))
      .min(1)
      .default(["RS256", "PS256", "ES256", "EdDSA"])
      .describe("By which its tokens may be signed; each only with a key of its type."),
    typ: text
      .exactOptional()
      .describe("The type that its tokens must tell, `at+jwt` for access tokens of RFC 9068."),
    lifetimeMs: z
      .int()
      .min(1000)
      .max(tokenLifetimeMsMax)
      .default(tokenLifetimeMsMax)
      .describe("The longest that a token may be good for; 24 hours at most."),
    claims,
  })
  .describe("Somebody whose tokens are believed.");

const certificate = z
  .strictObject({
    uri: text
      .exactOptional()
      .describe("A glob of the URI in it, `spiffe://mesh.example/ns/shop/*`; it must be its only URI."),
    dns: text.exactOptional().describe("A glob of a DNS name in it, `*.shop.internal`."),
    fingerprint: z
      .string()
      .regex(/^(?:[0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2}$/, "must be a SHA-256 fingerprint in hex")
      .exactOptional()
      .describe("The SHA-256 fingerprint of exactly one certificate."),
    name: z.string().min(1).max(100).exactOptional(),
    tenant: id,
    project: id.exactOptional(),
    roles: z.array(text).max(100).default([]),
    scopes: z
      .array(text.regex(/^(?:lane:(?:ai|raw|service|realtime)|route:.+|method:[A-Za-z]+|tool:.+)$/))
      .max(200)
      .default([])
      .describe("What it may touch, `[lane:service, route:orders-*, method:GET]`; empty: everything."),
    models: z.array(text).max(100).default([]).describe("Globs of models; empty: all."),
    priority: z.enum(["interactive", "batch"]).exactOptional(),
  })
  .refine(({ uri, dns, fingerprint }) => [uri, dns, fingerprint].some((one) => one !== undefined), {
    error: "needs one of `uri`, `dns` and `fingerprint`",
  })
  .describe("Who brings such a certificate. All that is named must fit; the first that fits counts.");

const proofList = z.array(z.enum(proofs)).min(1).max(proofs.length);

/** What must be proved, where not any way will do. */
export const acceptedProofs = z
  .strictObject({
    anyOf: proofList.exactOptional().describe("One of these is enough."),
    allOf: proofList.exactOptional().describe("Each of these must come; the first names who asks."),
  })
  .refine(({ anyOf, allOf }) => anyOf !== undefined || allOf !== undefined, {
    error: "needs `anyOf` or `allOf`",
  })
  .describe(
    "How a caller proves who it is: `key`, a gateway key; `jwt`, a token of one of `identity.issuers`; `mtls`, a certificate of `identity.certificates`; `signature`, a signed request.",
  );

/** The `identity` section. */
export const vouchedIdentitySettings = z
  .strictObject({
    issuers: z
      .array(issuer)
      .max(20)
      .default([])
      .describe("Whose tokens (OpenID Connect, OAuth 2.0) are believed, besides gateway keys."),
    certificates: z
      .array(certificate)
      .max(1000)
      .default([])
      .describe(
        "Who callers are by their certificates; `server.tls.clientAuth` says whether one is asked for.",
      ),
    ai: acceptedProofs
      .exactOptional()
      .describe("What counts on the gateway's own routes; any when left out."),
  })
  .refine(({ issuers }) => new Set(issuers.map(({ issuer: name }) => name)).size === issuers.length, {
    path: ["issuers"],
    error: "names an issuer twice",
  })
  .describe("Who else is believed about who is asking: issuers of tokens and authorities of certificates.");

export type VouchedIdentitySettings = z.output<typeof vouchedIdentitySettings>;
export type IssuerSettings = VouchedIdentitySettings["issuers"][number];
export type CertificateSettings = VouchedIdentitySettings["certificates"][number];
export type ClaimRule = z.output<typeof claimRule>;
