import { useCallback } from "preact/hooks";
import { useMayOfAll } from "../caller.ts";
import { listModels, type ModelEntry, readStats } from "../generated/client.ts";
import { useLoaded } from "../live/use-loaded.ts";
import { CodeBlock } from "./code-block.tsx";
import { Link } from "./link.tsx";

/** What to do where there is nothing to see yet: a request to send, ready to be pasted. */
export function FirstRequest() {
  const mayModels = useMayOfAll("models:read");
  const mayStats = useMayOfAll("stats:read");
  const load = useCallback(
    (signal: AbortSignal) => readSample({ models: mayModels, stats: mayStats }, signal),
    [mayModels, mayStats],
  );
  const { loaded } = useLoaded(load);
  const { origin, model } = loaded.state === "ready" ? loaded.data : unknownSample;
  return (
    <section class="card first-request" aria-label="Send the first request">
      <h2>No request has come yet</h2>
      <p>
        Send one, and watch it pass the doors here. The client key was printed when the gateway started;{" "}
        <Link to="/keys">make another</Link> if it is lost.
      </p>
      <CodeBlock text={curl(origin, model)} label="request" />
    </section>
  );
}

interface Sample {
  readonly origin: string;
  readonly model: string;
}
const unknownSample: Sample = { origin: "http://127.0.0.1:7227", model: "MODEL" };

/** As far as it may be read: it is the whole gateway's. */
async function readSample(
  may: { readonly models: boolean; readonly stats: boolean },
  signal: AbortSignal,
): Promise<Sample> {
  const [{ data_url }, { models }] = await Promise.all([
    may.stats ? readStats({ signal }) : { data_url: unknownSample.origin },
    may.models ? listModels({ signal }) : { models: [] },
  ]);
  return { origin: data_url, model: sampleModel(models) };
}

/** A name that can be asked for as it stands. */
function sampleModel(models: readonly ModelEntry[]): string {
  const plain = models.find(({ kind, name }) => kind !== "pattern" && !name.includes("*"));
  return plain?.name ?? unknownSample.model;
}

const curl = (origin: string, model: string): string => `curl ${origin}/v1/chat/completions \\
  -H "authorization: Bearer $SALLYPORT_KEY" -H 'content-type: application/json' \\
  -d '{"model":"${model}","messages":[{"role":"user","content":"Who goes there?"}]}'`;
