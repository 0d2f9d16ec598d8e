import { GatewayError } from "../kernel/errors.ts";

/** @throws GatewayError `route_not_found`: there is nothing of this id. */
export function missing(what: string): never {
  throw new GatewayError("route_not_found", `no ${what} of this id`, {
    message: `There is no ${what} of this id.`,
    param: "id",
  });
}
