import { parseJson } from "../src/kernel/json.ts";
import { findModel, sandboxModels } from "./models.ts";
import type { PromptCache } from "./prompt-cache.ts";
import { Refusal } from "./refusal.ts";
import { unknownModel } from "./refusals.ts";
import type { RequestLog } from "./request-log.ts";
import { readStanding, type StandingDirections } from "./standing.ts";

/** What the control interface looks at and changes. */
export interface Controlled {
  readonly log: RequestLog;
  readonly standing: StandingDirections;
  readonly cache: PromptCache;
  readonly state: () => SandboxState;
}

/** What the sandbox is doing now, and has done since it started. */
export interface SandboxState {
  /** Model calls whose answer has not ended. */
  readonly openCalls: number;
  /** Those among them that stream. */
  readonly openStreams: number;
  readonly connections: number;
  readonly calls: number;
  /** Calls whose client went before the answer ended. */
  readonly aborted: number;
}

export interface ControlAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * Answers a request to `/control/…`:
 * `GET, DELETE log` · `GET state` · `GET models` · `PUT, DELETE models/{m}` · `DELETE cache`.
 *
 * @throws Refusal when there is no such thing or the body is wrong.
 */
export function control(method: string, url: URL, body: Buffer, controlled: Controlled): ControlAnswer {
  const [what = "", name = "", ...rest] = url.pathname.slice("/control/".length).split("/").map(decoded);
  if (rest.length > 0) throw notFound(url);
  const { log, standing, cache, state } = controlled;
  switch (`${method} ${what}${name === "" ? "" : "/…"}`) {
    case "GET log":
      return { status: 200, body: log.print(Number(url.searchParams.get("after") ?? 0)) };
    case "DELETE log":
      log.clear();
      return { status: 204, body: "" };
    case "GET state":
      return { status: 200, body: JSON.stringify(state()) };
    case "GET models":
      return { status: 200, body: JSON.stringify({ models: sandboxModels, standing: standing.list() }) };
    case "PUT models/…": {
      const put = readStanding(parseJson(body.toString("utf8")));
      standing.put(modelNamed(name), put);
      return { status: 200, body: JSON.stringify(put) };
    }
    case "DELETE models/…":
      standing.remove(modelNamed(name));
      return { status: 204, body: "" };
    case "DELETE cache":
      cache.clear();
      return { status: 204, body: "" };
    default:
      throw notFound(url);
  }
}

/** `text` without its percent escapes, or as it is where they are malformed. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const notFound = (url: URL): Refusal => new Refusal("not-found", `The sandbox has no ${url.pathname}.`);

function modelNamed(name: string): string {
  const found = findModel(name);
  if (!found) throw unknownModel(name);
  return found.model.name;
}
