/** One call of the admin API. */
interface Call {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  readonly options: CallOptions;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** The revision that was seen, as `If-Match` has it. */
  readonly revision?: number;
}

type Envelope<Data> =
  | { readonly status: "success"; readonly data: Data }
  | { readonly status: "error"; readonly error: { readonly code: string; readonly message: string } };

/** The gateway's refusal, or the lack of any answer (`status` 0). `message` may be shown. */
export class AdminError extends Error {
  override readonly name = "AdminError";
  readonly code: string;
  readonly status: number;

  constructor(told: { readonly code: string; readonly message: string }, status: number) {
    super(told.message);
    this.code = told.code;
    this.status = status;
  }
}

const signedOut = new Set<() => void>();

/** Calls `listener` whenever the gateway no longer knows us. @returns What takes it off again. */
export function onSignedOut(listener: () => void): () => void {
  signedOut.add(listener);
  return () => signedOut.delete(listener);
}

/** Sends a call with the session's cookie and takes the answer out of its envelope. @throws AdminError; `AbortError`. */
export async function send<Data>({ method, path, query = {}, body, options }: Call): Promise<Data> {
  const response = await fetch(withQuery(path, query), {
    method,
    credentials: "same-origin",
    signal: options.signal ?? null,
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(options.revision === undefined ? {} : { "if-match": `"${options.revision}"` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((thrown: unknown) => {
    if (options.signal?.aborted === true) throw thrown;
    throw new AdminError({ code: "unreachable", message: "The gateway does not answer." }, 0);
  });
  const answer = await readEnvelope<Data>(response);
  if (answer.status === "success") return answer.data;
  if (response.status === 401) for (const listener of signedOut) listener();
  throw new AdminError(answer.error, response.status);
}

async function readEnvelope<Data>(response: Response): Promise<Envelope<Data>> {
  const answer: Envelope<Data> | undefined = await response.json().catch(() => undefined);
  if (answer?.status === "success" || answer?.status === "error") return answer;
  const message = `The gateway's answer (status ${response.status}) cannot be read.`;
  return { status: "error", error: { code: "unreadable", message } };
}

function withQuery(path: string, query: NonNullable<Call["query"]>): string {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) asked.set(name, String(value));
  return asked.size === 0 ? path : `${path}?${asked}`;
}
