/** Hashes of short texts, for the checksums of addresses: synchronous, no port has such. Not for secrets. */

const primes = Array.from({ length: 312 }, (_, at) => at).filter(
  (n) => n > 1 && !Array.from({ length: n }, (_, d) => d).some((d) => d > 1 && d * d <= n && n % d === 0),
);
const fraction = (value: number): number => Math.floor((value - Math.floor(value)) * 2 ** 32) >>> 0;
const roundConstants = Uint32Array.from(primes.slice(0, 64), (prime) => fraction(Math.cbrt(prime)));
const startState = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
const turn = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

/** Source: FIPS 180-4, SHA-256. */
export function sha256(bytes: Uint8Array): Uint8Array {
  const size = ((bytes.length + 8) >> 6) * 64 + 64;
  const padded = new Uint8Array(size);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(size - 4, bytes.length * 8);
  const state = Uint32Array.from(startState);
  const words = new Uint32Array(64);
  for (let block = 0; block < size; block += 64) {
    for (let at = 0; at < 16; at += 1) words[at] = view.getUint32(block + at * 4);
    for (let at = 16; at < 64; at += 1) words[at] = extended(words, at);
    compress(state, words);
  }
  const out = new DataView(new ArrayBuffer(32));
  state.forEach((word, at) => out.setUint32(at * 4, word));
  return new Uint8Array(out.buffer);
}

function extended(words: Uint32Array, at: number): number {
  const far = words[at - 15] ?? 0;
  const near = words[at - 2] ?? 0;
  const low = turn(far, 7) ^ turn(far, 18) ^ (far >>> 3);
  const high = turn(near, 17) ^ turn(near, 19) ^ (near >>> 10);
  return (words[at - 16] ?? 0) + low + (words[at - 7] ?? 0) + high;
}

function compress(state: Uint32Array, words: Uint32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let at = 0; at < 64; at += 1) {
    const choice = (e & f) ^ (~e & g);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const one =
      h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + choice + (roundConstants[at] ?? 0) + (words[at] ?? 0);
    const two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + majority;
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, at) => {
    state[at] = (state[at] ?? 0) + word;
  });
}

const lane = (1n << 64n) - 1n;
const turned = (word: bigint, by: bigint): bigint => ((word << by) | (word >> (64n - by))) & lane;

/** Of 32 zero-terminated rounds, by the shift register of the standard. */
function keccakConstants(): readonly bigint[] {
  let register = 1;
  const next = (): boolean => {
    const bit = (register & 1) === 1;
    register = (register << 1) ^ (register & 0x80 ? 0x171 : 0);
    return bit;
  };
  return Array.from({ length: 24 }, () => {
    let constant = 0n;
    for (let at = 0; at < 7; at += 1) if (next()) constant |= 1n << BigInt(2 ** at - 1);
    return constant;
  });
}
const constants = keccakConstants();

/** Keccak-256 with the padding of before FIPS 202, as Ethereum uses it, for less than 136 bytes. Source: keccak.team. */
export function keccak256(bytes: Uint8Array): Uint8Array {
  const block = new Uint8Array(136);
  block.set(bytes);
  block[bytes.length] = 0x01;
  block[135] = (block[135] ?? 0) | 0x80;
  const view = new DataView(block.buffer);
  let state = Array.from({ length: 25 }, (_, at) => (at < 17 ? view.getBigUint64(at * 8, true) : 0n));
  for (const constant of constants) state = keccakRound(state, constant);
  const out = new DataView(new ArrayBuffer(32));
  for (let at = 0; at < 4; at += 1) out.setBigUint64(at * 8, state[at] ?? 0n, true);
  return new Uint8Array(out.buffer);
}

function keccakRound(before: readonly bigint[], constant: bigint): bigint[] {
  const columns = Array.from({ length: 5 }, (_, x) =>
    [0, 5, 10, 15, 20].reduce((sum, y) => sum ^ (before[x + y] ?? 0n), 0n),
  );
  const mixed = before.map(
    (word, at) => word ^ (columns[(at + 4) % 5] ?? 0n) ^ turned(columns[(at + 1) % 5] ?? 0n, 1n),
  );
  const moved = [...mixed];
  let x = 1;
  let y = 0;
  for (let step = 0; step < 24; step += 1) {
    const by = BigInt((((step + 1) * (step + 2)) / 2) % 64);
    const word = mixed[x + 5 * y] ?? 0n;
    [x, y] = [y, (2 * x + 3 * y) % 5];
    moved[x + 5 * y] = turned(word, by);
  }
  return moved.map((word, at) => {
    const row = at - (at % 5);
    const next = moved[row + ((at + 1) % 5)] ?? 0n;
    const last = moved[row + ((at + 2) % 5)] ?? 0n;
    const made = word ^ (~next & lane & last);
    return at === 0 ? made ^ constant : made;
  });
}
