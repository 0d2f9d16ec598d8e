import { grantOptions } from "./grant-options.ts";
import type { CommandLine } from "./options.ts";
import { dataDir, json, ownerOptions } from "./shared-options.ts";

/** Commands about who may do what, and the proof of it. */
export const trustCommandLines = {
  keys: {
    summary: "Makes, lists, rotates, changes and revokes client keys.",
    operands: { usage: "create --name NAME | list | rotate ID | update ID | revoke ID", max: 2 },
    options: {
      ...grantOptions,
      tenant: { type: "string", value: "ID", help: "with `create`: whose it is; `default` by default" },
      project: { type: "string", value: "ID", help: "with `create`: of which project; `default` by default" },
      user: { type: "string", value: "WHO", help: "the person it is given to" },
      priority: {
        type: "string",
        value: "CLASS",
        help: "how urgent its requests may be: interactive or batch",
      },
      overlap: {
        type: "string",
        value: "TIME",
        help: "with `rotate`: how long the old one stays valid, such as 24h (by default) or 7d",
      },
      "data-dir": dataDir,
      json,
    },
  },
  tenants: {
    summary: "Makes, lists, changes and removes tenants: who may hold keys.",
    operands: { usage: "create ID | list | update ID | remove ID", max: 2 },
    options: ownerOptions,
  },
  projects: {
    summary: "Makes, lists, changes and removes projects of tenants.",
    operands: { usage: "create TENANT/ID | list | update TENANT/ID | remove TENANT/ID", max: 2 },
    options: ownerOptions,
  },
  operators: {
    summary: "Makes, lists, changes and removes who uses the admin API, and gives them tokens.",
    operands: {
      usage: "create --name NAME --role ROLE | list | update ID | token ID | remove ID",
      max: 2,
    },
    options: {
      name: { type: "string", value: "NAME", help: "what they are called, and sign in by" },
      role: {
        type: "string",
        value: "ROLE",
        help: "owner, admin, operator, developer, analyst or auditor",
      },
      tenant: { type: "string", value: "ID", help: "binds them to this tenant" },
      project: { type: "string", value: "ID", help: "and to this project of it" },
      unbound: { type: "boolean", help: "with `update`: binds them to no tenant any more" },
      "password-file": { type: "string", value: "FILE", help: "the file that holds their password" },
      expires: {
        type: "string",
        value: "TIME",
        help: "until when, such as 2027-01-31; `never` takes it back",
      },
      disable: { type: "boolean", help: "lets them in no more, as long as it is" },
      enable: { type: "boolean", help: "lets them in again" },
      "data-dir": dataDir,
      json,
    },
  },
  "signing-keys": {
    summary: "Makes, lists and revokes the keys by which requests are signed.",
    operands: { usage: "create --name NAME --for KEY-ID | list | revoke ID", max: 2 },
    options: {
      name: { type: "string", value: "NAME", help: "with `create`: what the key is called" },
      for: { type: "string", value: "KEY-ID", help: "with `create`: the client key that it stands for" },
      "public-key": {
        type: "string",
        value: "FILE",
        help: "with `create`: a public key as PEM, of Ed25519 or P-256; without it a secret is made",
      },
      "data-dir": dataDir,
      json,
    },
  },
  sign: {
    summary: "Prints a curl line of a signed request. The secret or private key is read from a file.",
    operands: { usage: "URL", max: 1 },
    options: {
      "key-id": { type: "string", value: "ID", help: "the signing key's id, `sgk_…`" },
      "key-file": { type: "string", value: "FILE", help: "the secret, or the private key as PEM" },
      profile: {
        type: "string",
        value: "NAME",
        help: "`rfc9421`, which is the default, or `sallyport-hmac-v1`",
      },
      method: { type: "string", value: "METHOD", help: "GET by default, POST with a body" },
      body: { type: "string", value: "FILE", help: "the file that holds the body" },
      "content-type": { type: "string", value: "TYPE", help: "of the body; application/json by default" },
    },
  },
  "admin-link": {
    summary: "Prints a link to the dashboard that works once.",
    options: { "data-dir": dataDir },
  },
  audit: {
    summary: "Verifies, lists and exports the audit log, and shows the key that signs it.",
    operands: { usage: "verify [PATH] | list | export | key", max: 2 },
    options: {
      from: {
        type: "string",
        value: "FILE",
        help: "with `verify`: a checkpoint that was kept elsewhere, from which the log must go on",
      },
      key: {
        type: "string",
        value: "VKEY",
        help: "with `verify`: the verifier key; the one beside the files by default",
      },
      type: {
        type: "string",
        value: "TYPE",
        help: "with `list`: only these, such as key. or request.denied",
      },
      actor: { type: "string", value: "ACTOR", help: "with `list`: only what this one did, such as key:ID" },
      since: {
        type: "string",
        value: "TIME",
        help: "with `list`: not older, such as 2026-11-28T12:00:00.000Z",
      },
      limit: { type: "string", value: "N", help: "with `list`: so many, 50 by default" },
      format: {
        type: "string",
        value: "NAME",
        help: "with `export`: log, which can be verified (by default), or cloudevents, with OCSF bodies",
      },
      out: { type: "string", value: "FILE", help: "with `export`: a file instead of the terminal" },
      "data-dir": dataDir,
      json,
    },
  },
  secrets: {
    summary: "Changes the key that seals what is kept secret, while no gateway runs.",
    operands: { usage: "rotate", max: 1 },
    options: { "data-dir": dataDir, json },
  },
} as const satisfies Record<string, CommandLine>;
