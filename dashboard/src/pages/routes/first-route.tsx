import { readStats } from "../../generated/client.ts";
import { useLoaded } from "../../live/use-loaded.ts";
import { CodeBlock } from "../../parts/code-block.tsx";

/** What to do where no service stands behind the gateway yet: the few lines that make a first route, and its first request. */
export function FirstRoute() {
  const { loaded } = useLoaded(readOrigin);
  const origin = loaded.state === "ready" ? loaded.data : "http://127.0.0.1:7227";
  return (
    <section class="card first-request" aria-labelledby="first-route">
      <h2 id="first-route">No route leads to a service yet</h2>
      <p>
        Services stand behind the same doors as models: the same keys, limits, breakers and records. Name one
        in <code>sallyport.yaml</code>, and a route that leads to it; saved, it applies at once.
      </p>
      <CodeBlock text={sections} label="configuration" />
      <p>Then ask for something by it:</p>
      <CodeBlock text={curl(origin)} label="request" />
    </section>
  );
}

async function readOrigin(signal: AbortSignal): Promise<string> {
  const { data_url } = await readStats({ signal });
  return data_url;
}

const sections = `services:
  orders: { baseUrl: "http://127.0.0.1:3000" }
routes:
  orders: { path: "/orders/*", service: orders }   # protocol: rest, graphql, grpc or websocket`;

const curl = (origin: string): string => `curl ${origin}/orders/1 -H "authorization: Bearer $SALLYPORT_KEY"`;
