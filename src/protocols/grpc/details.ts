/** A message of any type, as `google.protobuf.Any` packs it. */
export interface Detail {
  /** The full name of the type: `google.rpc.RetryInfo`. */
  readonly type: string;
  readonly value: Uint8Array;
}

const typePrefix = "type.googleapis.com/";
const textOf = new TextDecoder();
const bytesOf = new TextEncoder();

/** The bytes of a `google.rpc.Status`: `code` 1, `message` 2, `details` 3. Source: google/rpc/status.proto. */
export function writeStatus(code: number, message: string, details: readonly Detail[]): Uint8Array {
  const parts = [varintField(1, code), lengthField(2, bytesOf.encode(message))];
  for (const { type, value } of details) {
    const any = [lengthField(1, bytesOf.encode(`${typePrefix}${type}`)), lengthField(2, value)];
    parts.push(lengthField(3, joined(any)));
  }
  return joined(parts);
}

/** When to try again, as `google.rpc.RetryInfo` tells it: `retry_delay` 1, a Duration of `seconds` 1 and `nanos` 2. */
export function retryInfo(retryAfterMs: number): Detail {
  const ms = Math.max(0, Math.ceil(retryAfterMs));
  const delay = [varintField(1, Math.floor(ms / 1000)), varintField(2, (ms % 1000) * 1_000_000)];
  return { type: "google.rpc.RetryInfo", value: lengthField(1, joined(delay)) };
}

/** The details in the bytes of a `google.rpc.Status`; none where they cannot be read. */
export function readDetails(status: Uint8Array): readonly Detail[] {
  return bytesFields(status)
    .filter(({ number }) => number === 3)
    .map(({ bytes }) => {
      const any = bytesFields(bytes);
      const url = textOf.decode(any.find(({ number }) => number === 1)?.bytes);
      return {
        type: url.slice(url.lastIndexOf("/") + 1),
        value: any.find(({ number }) => number === 2)?.bytes ?? new Uint8Array(0),
      };
    });
}

/** The span in ms that a `google.rpc.RetryInfo` among them tells. */
export function readRetryInfo(details: readonly Detail[]): number | undefined {
  const info = details.find(({ type }) => type === "google.rpc.RetryInfo");
  if (info === undefined) return undefined;
  const [delay] = bytesFields(info.value);
  const parts = delay === undefined ? [] : fieldsOfMessage(delay.bytes);
  const part = (number: number): number => parts.findLast((field) => field.number === number)?.value ?? 0;
  return Math.ceil(part(1) * 1000 + part(2) / 1_000_000);
}

/** A field whose value is bytes or a number; those of other wire types are passed over. */
interface Field {
  readonly number: number;
  readonly bytes?: Uint8Array;
  readonly value?: number;
}

const bytesFields = (message: Uint8Array) =>
  fieldsOfMessage(message).flatMap(({ number, bytes }) => (bytes === undefined ? [] : [{ number, bytes }]));

/** Source: protobuf.dev/programming-guides/encoding. */
function fieldsOfMessage(message: Uint8Array): readonly Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 1; at < message.length; shift *= 128) {
      const byte = message[at] ?? 0;
      at += 1;
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
    return Number.NaN;
  };
  while (at < message.length) {
    const tag = varint();
    const wire = tag % 8;
    if (wire === 0) fields.push({ number: Math.floor(tag / 8), value: varint() });
    else if (wire === 1) at += 8;
    else if (wire === 5) at += 4;
    else if (wire === 2) {
      const length = varint();
      if (!(at + length <= message.length)) return [];
      fields.push({ number: Math.floor(tag / 8), bytes: message.subarray(at, at + length) });
      at += length;
    } else return [];
  }
  return fields;
}

/** Empty for 0, as proto3 has it. */
function varintField(number: number, value: number): Uint8Array {
  return value === 0 ? new Uint8Array(0) : Uint8Array.from([number * 8, ...varintOf(value)]);
}

function lengthField(number: number, value: Uint8Array): Uint8Array {
  return value.length === 0 && number !== 3
    ? new Uint8Array(0)
    : joined([Uint8Array.from([number * 8 + 2, ...varintOf(value.length)]), value]);
}

function varintOf(value: number): number[] {
  const out: number[] = [];
  let left = value;
  for (; left > 127; left = Math.floor(left / 128)) out.push((left % 128) + 128);
  out.push(left);
  return out;
}

/** The pieces as one. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
