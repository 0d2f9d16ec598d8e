import type { RawJson } from "../../kernel/json.ts";

/**
 * What we write to clients that speak Gemini; members are in the order, and present or absent, as the API itself writes
 * them: counts of zero and empty lists are left out. What clients send is read member by member in `decode.ts`.
 *
 * Source: Gemini API reference, "GenerateContentResponse"; @google/genai 3.1.0; recorded answers.
 */
export type ResponseBody = {
  readonly candidates: readonly CandidateBody[];
  readonly usageMetadata?: UsageBody;
  readonly modelVersion: string;
  readonly responseId: string;
};

export type CandidateBody = {
  readonly content: { readonly parts?: readonly PartBody[]; readonly role: "model" };
  readonly finishReason?: string;
  readonly index: 0;
  readonly finishMessage?: string;
  readonly groundingMetadata?: GroundingBody;
  readonly avgLogprobs?: number;
  readonly logprobsResult?: {
    readonly topCandidates: readonly { readonly candidates: readonly RankedBody[] }[];
    readonly chosenCandidates: readonly RankedBody[];
  };
};

export type RankedBody = { readonly token: string; readonly logProbability: number };

/** A part of an answer; raw JSON for one that came from this dialect and is not known to us. */
export type PartBody =
  | { readonly text: string; readonly thought?: true; readonly thoughtSignature?: string }
  /** Reasoning that is not shown: its seal only. */
  | { readonly thought: true; readonly thoughtSignature: string }
  | {
      readonly functionCall: { readonly name: string; readonly args: RawJson; readonly id: string };
      readonly thoughtSignature?: string;
    }
  | { readonly inlineData: { readonly mimeType: string; readonly data: string } }
  | { readonly fileData: { readonly mimeType?: string; readonly fileUri: string } }
  | RawJson;

/** Tokens in Gemini's convention: the prompt includes what was cached, the candidates exclude the thoughts. */
export type UsageBody = {
  readonly promptTokenCount: number | undefined;
  readonly candidatesTokenCount: number | undefined;
  readonly totalTokenCount: number | undefined;
  readonly cachedContentTokenCount: number | undefined;
  readonly promptTokensDetails: readonly ModalityCount[] | undefined;
  readonly candidatesTokensDetails: readonly ModalityCount[] | undefined;
  readonly thoughtsTokenCount: number | undefined;
  readonly serviceTier: string | undefined;
};

export type ModalityCount = { readonly modality: "AUDIO"; readonly tokenCount: number };

/** Where the text has its knowledge from. */
export type GroundingBody = {
  readonly groundingChunks: readonly (GroundingSource | RawJson)[];
  readonly groundingSupports: readonly GroundingSupport[];
};

export type GroundingSource =
  | { readonly web: { readonly uri: string; readonly title?: string } }
  | { readonly retrievedContext: { readonly title?: string; readonly text?: string } };

export type GroundingSupport = {
  readonly segment: Segment;
  readonly groundingChunkIndices: readonly number[];
};

/** A stretch of a part, in UTF-8 bytes; a start or a number of 0 is left out. */
export type Segment = {
  readonly partIndex?: number;
  readonly startIndex?: number;
  readonly endIndex: number;
  readonly text: string;
};

export type ErrorStatus =
  | "INVALID_ARGUMENT"
  | "UNAUTHENTICATED"
  | "PERMISSION_DENIED"
  | "NOT_FOUND"
  | "ABORTED"
  | "RESOURCE_EXHAUSTED"
  | "CANCELLED"
  | "INTERNAL"
  | "UNAVAILABLE"
  | "DEADLINE_EXCEEDED";

export type ErrorBody = {
  readonly error: {
    /** The HTTP status. */
    readonly code: number;
    readonly message: string;
    readonly status: ErrorStatus;
    readonly details: readonly ErrorDetail[];
  };
};

/** Google's standard details. Source: googleapis, `google/rpc/error_details.proto`. */
export type ErrorDetail =
  | {
      readonly "@type": "type.googleapis.com/google.rpc.ErrorInfo";
      readonly reason: string;
      readonly domain: string;
    }
  | {
      readonly "@type": "type.googleapis.com/google.rpc.BadRequest";
      readonly fieldViolations: readonly { readonly field: string; readonly description: string }[];
    }
  | { readonly "@type": "type.googleapis.com/google.rpc.RetryInfo"; readonly retryDelay: string }
  | { readonly "@type": "type.googleapis.com/google.rpc.RequestInfo"; readonly requestId: string };
