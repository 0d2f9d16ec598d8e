/** A request as its signature sees it. */
export interface RequestMessage {
  readonly method: string;
  readonly scheme: "http" | "https";
  /** Lower case; the port only where it is not the scheme's own. */
  readonly authority: string;
  /** As it stands in the request line. */
  readonly target: string;
  /** Canonical, without the query. */
  readonly path: string;
  /** As sent, without `?`. */
  readonly query: string;
  /** Flat list as it came: name, value, name, value. */
  readonly fields: readonly string[];
  readonly trailers?: readonly string[];
}

/** A response as its signature sees it. */
export interface ResponseMessage {
  readonly status: number;
  readonly fields: readonly string[];
  readonly trailers?: readonly string[];
  /** What it answers. */
  readonly request?: RequestMessage;
}

export type SignedMessage = RequestMessage | ResponseMessage;

/** The digests of content that are known here. Source: RFC 9530, section 5. */
export const digestAlgorithms = ["sha-256", "sha-512"] as const;
export type DigestAlgorithm = (typeof digestAlgorithms)[number];
