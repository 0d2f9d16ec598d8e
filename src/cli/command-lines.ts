import { sandboxOptions } from "../../sandbox/options.ts";
import { grantOptions } from "./grant-options.ts";
import type { CommandLine } from "./options.ts";

const config = {
  type: "string",
  value: "FILE",
  help: "the configuration file; `sallyport.yaml` here by default",
} as const;
const dataDir = {
  type: "string",
  value: "DIR",
  help: "the gateway's state; the file's `dataDir` by default, else `.sallyport`",
} as const;
const json = { type: "boolean", help: "prints one line of JSON instead of text" } as const;

const ownerOptions = {
  ...grantOptions,
  disable: { type: "boolean", help: "makes its keys void as long as it is" },
  enable: { type: "boolean", help: "makes its keys valid again" },
  "data-dir": dataDir,
  json,
} as const;

/** Every command with all that may stand behind its name. */
export const commandLines = {
  start: {
    summary: "Starts the gateway. `sallyport` alone does the same.",
    options: {
      config,
      "data-dir": dataDir,
      port: {
        type: "string",
        value: "N",
        help: "the data plane's port; 7227 by default, 0 takes any free one",
      },
      "admin-port": {
        type: "string",
        value: "N",
        help: "the admin port; 7228 by default, 0 takes any free one",
      },
      "strict-config": {
        type: "boolean",
        help: "refuses to start on a broken file, instead of going on with the last good configuration",
      },
      json,
    },
  },
  validate: {
    summary: "Checks a configuration file without starting anything.",
    options: {
      config,
      json,
      schema: { type: "boolean", help: "prints the JSON Schema for editors instead" },
    },
  },
  plan: {
    summary: "Shows what a configuration file would change in the running gateway.",
    options: { config, "data-dir": dataDir, json },
  },
  models: {
    summary: "Lists the model names that clients of the running gateway may use.",
    options: { "data-dir": dataDir, json },
  },
  explain: {
    summary: "Shows where the running gateway would send a request, and why; nothing is sent.",
    operands: { usage: "MODEL", max: 1 },
    options: {
      prompt: {
        type: "string",
        value: "TEXT",
        help: "what is asked: counted, and looked at by pools that learn",
      },
      tokens: {
        type: "string",
        value: "N",
        help: "tokens of the prompt, where it is not given; 1000 by default",
      },
      strategy: { type: "string", value: "NAME", help: "instead of the pool's own, such as cost-optimized" },
      "max-cost": { type: "string", value: "USD", help: "what the request may cost" },
      "max-latency": { type: "string", value: "MS", help: "how long it may take" },
      region: { type: "string", value: "ZONES", help: "where it must stay, such as eu or de,ch" },
      tools: { type: "string", value: "N", help: "tools that it declares, for conditional pools" },
      images: { type: "string", value: "N", help: "images in it, for conditional pools" },
      turns: { type: "string", value: "N", help: "turns of its conversation, for conditional pools" },
      schema: { type: "boolean", help: "its answer must fit a JSON Schema" },
      stream: { type: "boolean", help: "the time to the first word counts, not to the end" },
      "data-dir": dataDir,
      json,
    },
  },
  limits: {
    summary: "Shows the rate limits of the running gateway, and sets them while it runs.",
    operands: { usage: "[list | set ID | remove ID]", max: 2 },
    options: {
      limit: { type: "string", value: "N", help: "so many units flow back in --per" },
      per: { type: "string", value: "SPAN", help: "such as 60s or 1h; 60 s by default" },
      burst: { type: "string", value: "N", help: "the most at once; as much as --limit by default" },
      unit: {
        type: "string",
        value: "UNIT",
        help: "requests by default, total_tokens, concurrent and others",
      },
      scope: { type: "string", value: "LIST", help: "a bucket for each of these; key by default" },
      tenants: { type: "string", value: "LIST", help: "for these tenants only" },
      projects: { type: "string", value: "LIST", help: "for these projects only" },
      keys: { type: "string", value: "LIST", help: "for these client keys only, by id or name" },
      routes: { type: "string", value: "LIST", help: "for these routes only" },
      models: { type: "string", value: "LIST", help: "for these models only" },
      "data-dir": dataDir,
      json,
    },
  },
  prices: {
    summary: "Shows the price book of the running gateway, or how the cost of one request came about.",
    operands: { usage: "[explain REQUEST-ID]", max: 2 },
    options: { "data-dir": dataDir, json },
  },
  costs: {
    summary: "Shows what this month has cost, and what it will have cost at its end.",
    options: {
      scope: {
        type: "string",
        value: "SCOPE",
        help: "`key:ID`, `route:MODEL` or `provider:ID`; all together by default",
      },
      budget: { type: "string", value: "USD", help: "of the month: says when it runs out" },
      "data-dir": dataDir,
      json,
    },
  },
  budgets: {
    summary: "Lists, sets and removes budgets of the running gateway, and shows their ledger.",
    operands: { usage: "list | set ID --limit USD | remove ID | ledger ID", max: 2 },
    options: {
      limit: { type: "string", value: "USD", help: "with `set`: US dollars a period" },
      period: {
        type: "string",
        value: "PERIOD",
        help: "with `set`: day, week, month, quarter, year or total; month by default",
      },
      scope: {
        type: "string",
        value: "NAMES",
        help: "with `set`: whose calls count, such as tenant=acme,model=gpt-*; all by default",
      },
      kind: { type: "string", value: "KIND", help: "with `set`: hard or soft; hard by default" },
      "time-zone": {
        type: "string",
        value: "ZONE",
        help: "with `set`: at whose midnights it begins; UTC by default",
      },
      "data-dir": dataDir,
      json,
    },
  },
  translate: {
    summary:
      "Shows what an upstream would be sent for a client's request, without a gateway and without sending it.",
    operands: { usage: "FILE", max: 1 },
    options: {
      from: { type: "string", value: "DIALECT", help: "what the request speaks, such as openai-chat" },
      to: { type: "string", value: "DIALECT", help: "what the upstream speaks, such as anthropic-messages" },
      model: { type: "string", value: "NAME", help: "the model, where the request does not name one" },
      json,
    },
  },
  policies: {
    summary: "Lists policies, tells what a change would come to, and makes it.",
    operands: { usage: "list | preview | commit | rollback REVISION", max: 2 },
    options: {
      policies: {
        type: "string",
        value: "FILE",
        help: "with `preview` and `commit`: a YAML file with the list `policies`, in the place of all that were set",
      },
      "data-dir": dataDir,
      json,
    },
  },
  simulate: {
    summary: "Tells what policies would have come to on recorded requests; nothing changes.",
    options: {
      policies: {
        type: "string",
        value: "FILE",
        help: "a YAML file with the list `policies`; those in force by default",
      },
      since: {
        type: "string",
        value: "TIME",
        help: "`24h`, `7d`, or a moment such as 2026-11-28; 24h by default",
      },
      "data-dir": dataDir,
      json,
    },
  },
  keys: {
    summary: "Makes, lists, rotates, changes and revokes client keys.",
    operands: { usage: "create --name NAME | list | rotate ID | update ID | revoke ID", max: 2 },
    options: {
      ...grantOptions,
      tenant: { type: "string", value: "ID", help: "with `create`: whose it is; `default` by default" },
      project: { type: "string", value: "ID", help: "with `create`: of which project; `default` by default" },
      user: { type: "string", value: "WHO", help: "the person it is given to" },
      priority: { type: "string", value: "CLASS", help: "how urgent its requests are: interactive or batch" },
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
  catalog: {
    summary: "Lists the providers that need nothing but their key, and the variables that are searched.",
    options: { json },
  },
  sandbox: {
    summary: "Starts the simulated provider alone, to try clients and to test.",
    options: sandboxOptions,
  },
} as const satisfies Record<string, CommandLine>;

export type CommandName = keyof typeof commandLines;
