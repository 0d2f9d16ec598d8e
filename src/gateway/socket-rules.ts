import { type GraphqlRouteSettings, graphqlRouteSettings } from "../config/graphql-settings.ts";
import { type SocketSettings, usualSocketSettings } from "../config/socket-settings.ts";
import type { SocketRules } from "../exchange/service-target.ts";
import { bytes, milliseconds } from "../kernel/units.ts";
import { socketSettings } from "../protocols/graphql/index.ts";

/** What holds for sockets, compiled. */
export function socketRules(
  settings: SocketSettings & { readonly keyInInit?: boolean } = usualSocketSettings,
): SocketRules {
  const { messageBytesMax, idleMs, lifetimeMs, keyInInit = false, ...rest } = settings;
  return {
    ...rest,
    keyInInit,
    messageBytesMax: bytes(messageBytesMax),
    idle: milliseconds(idleMs),
    lifetime: milliseconds(lifetimeMs),
  };
}

/** The same for what stays open on a route of GraphQL. */
export const graphqlSocketRules = ({ sockets }: GraphqlRouteSettings = usualGraphql): SocketRules =>
  socketRules({ mode: "inspect", messageBytesMax: socketSettings.messageBytesMax, ...sockets });

const usualGraphql = graphqlRouteSettings.parse({});
