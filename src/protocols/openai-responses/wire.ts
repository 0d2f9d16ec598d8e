import type { Json, JsonObject, RawJson } from "../../kernel/json.ts";

/**
 * What we write to clients that speak OpenAI Responses; members are null or absent as the API itself writes them. What
 * clients send is read member by member in `decode-*.ts`.
 *
 * Source: OpenAI API reference, "Responses"; recorded answers.
 */
export type ResponseBody = {
  readonly id: string;
  readonly object: "response";
  /** Seconds since 1970. */
  readonly created_at: number;
  readonly status: "in_progress" | "completed" | "incomplete" | "failed";
  readonly access_programs: null;
  readonly background: false;
  /** When the answer was whole is not known here: the encoder has no clock. */
  readonly completed_at: null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly frequency_penalty: number;
  readonly incomplete_details: IncompleteDetails | null;
  readonly instructions: string | null;
  readonly max_output_tokens: number | null;
  readonly max_tool_calls: RawJson | null;
  readonly model: string;
  readonly moderation: null;
  readonly output: readonly OutputItem[];
  readonly parallel_tool_calls: boolean;
  readonly presence_penalty: number;
  readonly previous_response_id: string | null;
  readonly prompt_cache_key: RawJson | null;
  readonly prompt_cache_retention: RawJson | null;
  readonly reasoning: RawJson;
  readonly safety_identifier: string | null;
  readonly service_tier: string;
  readonly store: boolean;
  readonly temperature: number;
  readonly text: RawJson;
  readonly tool_choice: RawJson;
  readonly tools: RawJson;
  readonly top_logprobs: number | RawJson;
  readonly top_p: number;
  readonly truncation: RawJson | "disabled";
  readonly usage: UsageBody | null;
  readonly user: null;
  readonly metadata: Json;
};

export type IncompleteDetails = { readonly reason: "max_output_tokens" | "content_filter" };

export type UsageBody = {
  readonly input_tokens: number;
  readonly input_tokens_details: { readonly cache_write_tokens: number; readonly cached_tokens: number };
  readonly output_tokens: number;
  readonly output_tokens_details: { readonly reasoning_tokens: number };
  readonly total_tokens: number;
};

export type ItemStatus = "in_progress" | "completed" | "incomplete";

/** An annotation of ours, or one that came from this dialect. */
export type Annotation =
  | {
      readonly type: "url_citation";
      readonly end_index: number;
      readonly start_index: number;
      readonly title: string;
      readonly url: string;
    }
  | Json;

export type RankedBody = {
  readonly token: string;
  readonly bytes: readonly number[];
  readonly logprob: number;
};
export type OutputLogprob = RankedBody & { readonly top_logprobs: readonly RankedBody[] };

export type MessageContent =
  | {
      readonly type: "output_text";
      readonly annotations: readonly Annotation[];
      readonly logprobs: readonly OutputLogprob[];
      readonly text: string;
    }
  | { readonly type: "refusal"; readonly refusal: string };

export type ReasoningContent = { readonly type: "reasoning_text"; readonly text: string };
export type ReasoningSummary = { readonly type: "summary_text"; readonly text: string };

/** An item of `output`; raw JSON for one that came from this dialect and is not known to us. */
export type OutputItem =
  | {
      readonly id: string;
      readonly type: "message";
      readonly status: ItemStatus;
      readonly content: readonly MessageContent[];
      readonly role: "assistant";
    }
  | {
      readonly id: string;
      readonly type: "function_call";
      readonly status: ItemStatus;
      readonly arguments: string;
      readonly call_id: string;
      readonly name: string;
    }
  | {
      readonly id: string;
      readonly type: "custom_tool_call";
      readonly status: ItemStatus;
      readonly call_id: string;
      readonly input: string;
      readonly name: string;
    }
  | {
      readonly id: string;
      readonly type: "reasoning";
      readonly content?: readonly ReasoningContent[];
      readonly encrypted_content?: string;
      readonly summary: readonly ReasoningSummary[];
    }
  | {
      readonly id: string;
      readonly type: "image_generation_call";
      readonly status: ItemStatus;
      readonly output_format?: string;
      readonly result: string | null;
    }
  | RawJson;

/** Where an event happens: the item, and its place in `output`. */
export type ItemPlace = { readonly item_id: string; readonly output_index: number };
type ContentPlace = ItemPlace & { readonly content_index: number };
type SummaryPlace = ItemPlace & { readonly summary_index: number };

/** An event of a stream without its `sequence_number`; each goes out under its own `type` as the event's name. */
export type StreamEvent =
  | {
      readonly type:
        | "response.created"
        | "response.in_progress"
        | "response.completed"
        | "response.incomplete"
        | "response.failed";
      readonly response: ResponseBody | JsonObject;
    }
  | {
      readonly type: "response.output_item.added" | "response.output_item.done";
      readonly item: OutputItem;
      readonly output_index: number;
    }
  | (ContentPlace & {
      readonly type: "response.content_part.added" | "response.content_part.done";
      readonly part: MessageContent | ReasoningContent;
    })
  | (ContentPlace & {
      readonly type: "response.output_text.delta";
      readonly delta: string;
      readonly logprobs: readonly OutputLogprob[];
    })
  | (ContentPlace & {
      readonly type: "response.output_text.annotation.added";
      readonly annotation: Annotation;
      readonly annotation_index: number;
    })
  | (ContentPlace & {
      readonly type: "response.output_text.done";
      readonly logprobs: readonly OutputLogprob[];
      readonly text: string;
    })
  | (ContentPlace & { readonly type: "response.refusal.delta"; readonly delta: string })
  | (ContentPlace & { readonly type: "response.refusal.done"; readonly refusal: string })
  | (ContentPlace & { readonly type: "response.reasoning_text.delta"; readonly delta: string })
  | (ContentPlace & { readonly type: "response.reasoning_text.done"; readonly text: string })
  | (SummaryPlace & {
      readonly type: "response.reasoning_summary_part.added" | "response.reasoning_summary_part.done";
      readonly part: ReasoningSummary;
    })
  | (SummaryPlace & { readonly type: "response.reasoning_summary_text.delta"; readonly delta: string })
  | (SummaryPlace & { readonly type: "response.reasoning_summary_text.done"; readonly text: string })
  | (ItemPlace & {
      readonly type: "response.function_call_arguments.delta" | "response.custom_tool_call_input.delta";
      readonly delta: string;
    })
  | (ItemPlace & { readonly type: "response.function_call_arguments.done"; readonly arguments: string })
  | (ItemPlace & { readonly type: "response.custom_tool_call_input.done"; readonly input: string })
  | ErrorEvent;

/** The names of an error, in OpenAI's words. */
export type ErrorNames = {
  readonly type: string;
  readonly code: string | null;
  readonly message: string;
  readonly param: string | null;
};

/** The API reference has the members of an error flat, the API itself nests them; there are readers of both. */
export type ErrorEvent = {
  readonly type: "error";
  readonly code: string | null;
  readonly message: string;
  readonly param: string | null;
  readonly error: ErrorNames;
};
