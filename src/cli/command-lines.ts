import { sandboxOptions } from "../../sandbox/options.ts";
import type { CommandLine } from "./options.ts";
import { config, dataDir, json } from "./shared-options.ts";
import { trustCommandLines } from "./trust-command-lines.ts";

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
      "no-permission": {
        type: "boolean",
        help: "leaves Node's permission model off: the gateway can then start programs and reach every file of its user",
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
  doctor: {
    summary: "Checks the installation: says what is wrong, and what is weak.",
    options: { config, "data-dir": dataDir, json },
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
  ...trustCommandLines,
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
