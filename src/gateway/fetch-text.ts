import { withoutContent } from "../capabilities/residency/index.ts";
import { milliseconds } from "../kernel/units.ts";
import type { Transport } from "../ports/transport.ts";

const answerTimeout = milliseconds(5000);

/** Where a text stands, and whether somebody else than the operator says so. */
export interface TextPlace {
  readonly origin: string;
  readonly path: string;
  readonly isForeign?: boolean;
}

/**
 * The text that stands at an address; nothing of any request is in the question, and no redirection
 * is followed.
 * @returns `fault` for the log: no answer, a status other than 200, more than `bytesMax`.
 */
export function fetchText(
  transport: Pick<Transport, "send">,
  { origin, path, isForeign = false }: TextPlace,
  bytesMax: number,
): Promise<{ readonly text: string } | { readonly fault: string }> {
  return new Promise((resolve) => {
    const decoder = new TextDecoder();
    let text = "";
    let size = 0;
    const giveUp = (fault: string): void => {
      exchange.abort();
      resolve({ fault });
    };
    const exchange = transport.send(
      {
        permit: withoutContent(origin),
        isForeign,
        ...{ origin, path, method: "GET", body: undefined },
        headers: ["accept", "application/json", "accept-encoding", "identity"],
        headTimeout: answerTimeout,
        idleTimeout: answerTimeout,
      },
      {
        head: ({ status }) => {
          if (status !== 200) giveUp(`it answers ${status}`);
        },
        data: (chunk) => {
          size += chunk.byteLength;
          if (size > bytesMax) giveUp(`more than ${bytesMax} bytes`);
          else text += decoder.decode(chunk, { stream: true });
        },
        end: () => resolve({ text: text + decoder.decode() }),
        failed: ({ code, detail }) => resolve({ fault: `${code}: ${detail}` }),
      },
    );
  });
}
