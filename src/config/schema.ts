import * as z from "zod";
import {
  type AbilitiesSettings,
  abilitiesSettings,
  type CatalogSettings,
  catalogSettings,
} from "../capabilities/abilities/index.ts";
import { type AuditSettings, auditSettings } from "../capabilities/audit/index.ts";
import { type BudgetSettings, budgetSettings } from "../capabilities/budget/index.ts";
import {
  type CircuitBreakerSettings,
  circuitBreakerSettings,
} from "../capabilities/circuit-breaker/index.ts";
import { type ContinuitySettings, continuitySettings } from "../capabilities/continuity/index.ts";
import { type GuardrailSettings, guardrailSettings } from "../capabilities/guardrail/index.ts";
import { type IdentitySettings, identitySettings } from "../capabilities/identity/index.ts";
import { type OverloadSettings, overloadSettings } from "../capabilities/overload/index.ts";
import {
  type Policy,
  type PolicyRulesSettings,
  policiesSettings,
  policyRulesSettings,
} from "../capabilities/policy/index.ts";
import { type PricingSettings, pricingSettings } from "../capabilities/pricing/index.ts";
import { type LimitSettings, limitsSettings } from "../capabilities/rate-limit/index.ts";
import { type SigningSettings, signingSettings } from "../capabilities/request-signing/index.ts";
import {
  geoSettings,
  type Networks,
  type RegionsSettings,
  regionsSettings,
} from "../capabilities/residency/index.ts";
import { type ResilienceSettings, resilienceSettings } from "../capabilities/retry/index.ts";
import { type RoutingSettings, routingSettings } from "../capabilities/routing/index.ts";
import { type ScalingSettings, scalingSettings } from "../capabilities/scaling/index.ts";
import { type TelemetrySettings, telemetrySettings } from "../capabilities/telemetry/index.ts";
import {
  type VouchedIdentitySettings,
  vouchedIdentitySettings,
} from "../capabilities/vouched-identity/index.ts";
import { providersSettings } from "./provider-settings.ts";
import { type RawSettings, rawSettings } from "./raw-settings.ts";
import { type RealtimeSettings, realtimeSettings } from "./realtime-settings.ts";
import type { ProviderConfig } from "./resolve-provider.ts";
import { type RouteSettings, routesSettings } from "./route-settings.ts";
import type { SchemaNode } from "./schema-shape.ts";
import { type AdminSettings, adminSettings, type ServerSettings, serverSettings } from "./server-settings.ts";
import { servicesSettings } from "./service-settings.ts";
import type { ServiceConfig } from "./services.ts";
import { type StreamSettings, streamSettings } from "./stream-settings.ts";

/** The whole file: one section for each room, and the gateway's own. Everything else about configuration is derived from this. */
export const configSchema = z
  .strictObject({
    server: serverSettings,
    admin: adminSettings,
    providers: providersSettings,
    models: routingSettings,
    services: servicesSettings,
    routes: routesSettings,
    policies: policiesSettings,
    policy: policyRulesSettings.prefault({}),
    regions: regionsSettings.prefault({}),
    geo: geoSettings.prefault({}),
    keys: identitySettings.prefault({}),
    identity: vouchedIdentitySettings.prefault({}),
    limits: limitsSettings.prefault([]),
    signing: signingSettings.prefault({}),
    overload: overloadSettings.prefault({}),
    circuitBreaker: circuitBreakerSettings.prefault({}),
    resilience: resilienceSettings.prefault({}),
    scaling: scalingSettings.prefault({}),
    guardrails: guardrailSettings.prefault({}),
    raw: rawSettings.prefault({}),
    realtime: realtimeSettings.prefault({}),
    stream: streamSettings.prefault({}),
    continuity: continuitySettings.prefault({}),
    abilities: abilitiesSettings.prefault({}),
    catalog: catalogSettings.prefault({}),
    pricing: pricingSettings.prefault({}),
    budgets: budgetSettings.prefault({}),
    log: telemetrySettings.prefault({}),
    audit: auditSettings.prefault({}),
    dataDir: z
      .string()
      .min(1)
      .max(4096)
      .default(".sallyport")
      .describe("Where the gateway keeps its state, relative to the directory it is started in."),
    allowLiteralSecrets: z
      .boolean()
      .default(false)
      .describe("Whether secrets may stand in this file as they are. Meant for throw-away set-ups only."),
  })
  .describe("The configuration of Sallyport, `sallyport.yaml`.");

/** A file that fits the schema, before the catalogue is consulted. */
export type WrittenConfig = z.output<typeof configSchema>;

/** A configuration with every default filled in, references resolved and the catalogue consulted. Immutable. */
export interface Config {
  readonly server: ServerSettings;
  readonly admin: AdminSettings;
  /** In the file's order. */
  readonly providers: Readonly<Record<string, ProviderConfig>>;
  /** Pools, always in the long form. */
  readonly models: RoutingSettings;
  /** In the file's order. */
  readonly services: Readonly<Record<string, ServiceConfig>>;
  readonly routes: Readonly<Record<string, RouteSettings>>;
  readonly policies: readonly Policy[];
  readonly policy: PolicyRulesSettings;
  readonly regions: RegionsSettings;
  /** Texts of the files that routes of GraphQL name. */
  readonly graphqlFiles?: Readonly<Record<string, string>>;
  /** `networks`: what stands in its file. */
  readonly geo: WrittenConfig["geo"] & { readonly networks?: Networks };
  readonly keys: IdentitySettings;
  readonly identity: VouchedIdentitySettings;
  readonly limits: readonly LimitSettings[];
  readonly signing: SigningSettings;
  readonly overload: OverloadSettings;
  readonly circuitBreaker: CircuitBreakerSettings;
  readonly scaling: ScalingSettings;
  readonly resilience: ResilienceSettings;
  readonly guardrails: GuardrailSettings;
  readonly raw: RawSettings;
  readonly realtime: RealtimeSettings;
  readonly stream: StreamSettings;
  readonly continuity: ContinuitySettings;
  readonly abilities: AbilitiesSettings;
  readonly catalog: CatalogSettings;
  readonly pricing: PricingSettings;
  readonly budgets: BudgetSettings;
  readonly log: TelemetrySettings;
  readonly audit: AuditSettings;
  readonly dataDir: string;
  readonly allowLiteralSecrets: boolean;
}

/** What may be written, as a JSON Schema without the additions for editors. */
export const configShape: SchemaNode = z.toJSONSchema(configSchema, { io: "input", target: "draft-2020-12" });
