/** What must become of a request: refused with one of these statuses, or seen by an upstream as exactly this path. */
export type Fate = { readonly refused: readonly number[] } | { readonly path: string };

/** A request that is written to make two readers see two. `raw`: the bytes, as Latin-1. */
export interface MaliciousRequest {
  readonly name: string;
  readonly raw: string;
  readonly fate: Fate;
  /** Names that must not come from the client where it reaches an upstream; their values hold `spoofed`. */
  readonly hidden?: readonly string[];
  /** The head as a parser hands it over, for what the parser lets through; absent: only a socket can judge. */
  readonly parsed?: { readonly target: string; readonly method: string; readonly headers: readonly string[] };
}

const host = "gate.example";
const bad: Fate = { refused: [400] };

function request(
  name: string,
  fate: Fate,
  {
    method = "GET",
    target = "/a",
    headers = ["Host", host],
    body = "",
  }: {
    readonly method?: string;
    readonly target?: string;
    readonly headers?: readonly string[];
    readonly body?: string;
  },
): MaliciousRequest {
  const lines = headers.flatMap((field, at) =>
    at % 2 === 0 ? [`${field}: ${headers[at + 1] ?? ""}\r\n`] : [],
  );
  return {
    name,
    raw: `${method} ${target} HTTP/1.1\r\n${lines.join("")}\r\n${body}`,
    fate,
    parsed: { method, target, headers },
  };
}

const socket = (name: string, head: string, body = "", fate: Fate = bad): MaliciousRequest => ({
  name,
  raw: `${head}\r\n\r\n${body}`,
  fate,
});

const target = (text: string, fate: Fate) => request(`target ${text.slice(0, 40)}`, fate, { target: text });
const refusedTargets = [
  ...["/..", "/../a", "/a/../../b", "/%2e%2e/a", "/%2E./a", "/.%2e/a", "/a/%2e%2e/%2e%2e/b", "/./../a"],
  ...["/a/..;/b", "/a/..;x=1/b", "/..;/admin", "/a/%2e%2e;/b", "/a/.;/b", "/a/..%3b/b", "/a/..%3B"],
  ...[
    "/a%2fb",
    "/a%2Fb",
    "/..%2fadmin",
    "/a/..%2f..%2fb",
    "/a%5cb",
    "/a/..%5c..%5cb",
    "/a\\b",
    "/\\admin",
    "/a/..\\b",
  ],
  ...["/a%00", "/a%00.html", "/%00", "/a%", "/a%2", "/a%zz", "/a%u002e", "/a?b=%", "/a?b=%g0"],
  ...[
    "/a#b",
    "/#/admin",
    "/a?b#c",
    "http://evil.example/a",
    "https://evil.example",
    "http://gate.example@evil.example/a",
  ],
  ...[
    "http://evil.example:80@gate.example/a",
    "http://gate.example.evil.example/",
    "http:///a",
    "http://gate.example:81/a",
  ],
  ...["ftp://gate.example/a", "a", "*", "gate.example:80", "?a", "file:///etc/passwd"],
  "/a".repeat(257),
  `/a?${"&".repeat(256)}`,
].map((text) => target(text, bad));

const kept: readonly (readonly [string, string])[] = [
  ["//admin", "/admin"],
  ["///a//b", "/a/b"],
  ["//evil.example/a", "/evil.example/a"],
  ["/./a", "/a"],
  ["/a/./b", "/a/b"],
  ["/a/b/..", "/a/"],
  ["/a/b/../c", "/a/c"],
  ["/a//../b", "/b"],
  ["/%61dmin", "/admin"],
  ["/a/%2e/b", "/a/b"],
  ["/a/b/%2e%2E/c", "/a/c"],
  ["/%252e%252e/a", "/%252e%252e/a"],
  ["/a%252fb", "/a%252fb"],
  ["/a%25%32%66", "/a%252f"],
  ["/%c0%ae%c0%ae/a", "/%C0%AE%C0%AE/a"],
  ["/a%ef%bc%8fb", "/a%EF%BC%8Fb"],
  ["/a/...", "/a/..."],
  ["/a;b/c", "/a;b/c"],
  ["/a%0d%0ax:y", "/a%0D%0Ax:y"],
  ["/a%3f/../b", "/b"],
  ["http://gate.example/a", "/a"],
  ["HTTP://GATE.EXAMPLE./a//b", "/a/b"],
];

const heads: readonly (readonly [string, readonly string[]])[] = [
  ["no host", []],
  ["two hosts", ["Host", host, "Host", host]],
  ["two different hosts", ["Host", host, "host", "evil.example"]],
  ...[
    "",
    "a b",
    "a@b",
    "a/b",
    "a,b",
    "a:b",
    "a:99999",
    "::1",
    "[a]",
    "a..b",
    ".",
    "a\\b",
    "a%00b",
    "a?b",
    "a#b",
  ].map((text) => [`host \`${text}\``, ["Host", text]] as const),
  ...[
    ",chunked",
    "chunked,",
    "gzip, chunked",
    "chunked, identity",
    "xchunked",
    "chunked;q=1",
    "identity",
    "\u000bchunked",
  ].map(
    (coding) => [`coding ${JSON.stringify(coding)}`, ["Host", host, "Transfer-Encoding", coding]] as const,
  ),
  ["two codings", ["Host", host, "Transfer-Encoding", "chunked", "Transfer-Encoding", "chunked"]],
  ["CL.TE", ["Host", host, "Content-Length", "6", "Transfer-Encoding", "chunked"]],
  ["TE.CL", ["Host", host, "Transfer-Encoding", "chunked", "Content-Length", "3"]],
  ["CL.CL equal", ["Host", host, "Content-Length", "0", "Content-Length", "0"]],
  ["CL.CL different", ["Host", host, "Content-Length", "0", "Content-Length", "5"]],
  ...["+0", "-1", "0x0", "0, 0", "0;", "1e1", "0 0"].map(
    (length) => [`length ${length}`, ["Host", host, "Content-Length", length]] as const,
  ),
  ...["Authorization", "Content-Type", "Range", "Origin", "If-Range"].map(
    (name) => [`two of ${name}`, ["Host", host, name, "a", name.toLowerCase(), "b"]] as const,
  ),
  ["obs-text", ["Host", host, "X-A", "\u00e9"]],
  ["NUL", ["Host", host, "X-A", "a\u0000b"]],
  ["a control byte", ["Host", host, "X-A", "a\u0001"]],
];

const spoofs = [
  ...["X-Original-URL", "X_Original_Url", "X-Rewrite-URL", "X-HTTP-Method-Override", "X-Sallyport-Key"],
  ...["X_Sallyport_Tenant", "X-Forwarded-For", "X_Forwarded_For", "Forwarded", "X-Real-IP", "True-Client-IP"],
  ...["CF-Connecting-IP", "X-Forwarded-Prefix", "Proxy-Authorization", "Keep-Alive", "Upgrade", "TE"],
].map((name) => ({
  ...request(`spoofed ${name}`, { path: "/a" }, { headers: ["Host", host, name, "spoofed"] }),
  hidden: [name],
}));

const start = `GET /a HTTP/1.1\r\nHost: ${host}`;
const post = `POST /a HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked`;

/** For a gateway on plain HTTP/1.1 whose only route is `/*`, for every host, without credential. */
export const maliciousRequests: readonly MaliciousRequest[] = [
  ...refusedTargets,
  ...kept.map(([text, path]) => target(text, { path })),
  ...heads.map(([name, headers]) => request(name, bad, { headers })),
  ...spoofs,
  request("CONNECT", { refused: [400, 405] }, { method: "CONNECT", target: `${host}:80` }),
  request("TRACE", { refused: [405] }, { method: "TRACE" }),
  socket("an obs-fold", `${start}\r\nX-A: b\r\n c`),
  socket("a space before the colon", `${start}\r\nContent-Length : 5`, "hello"),
  socket("a space before a coding's colon", `${start}\r\nTransfer-Encoding : chunked`, "0\r\n\r\n"),
  socket("a fold before the first field", `GET /a HTTP/1.1\r\n Host: ${host}`),
  socket("a bare LF in the head", `${start}\nX-A: b`),
  socket("a bare CR in a value", `${start}\r\nX-A: b\rX-C: d`),
  socket("a field without colon", `${start}\r\nX-A`),
  socket("a field without name", `${start}\r\n: b`),
  socket("a space in the target", `GET /a b HTTP/1.1\r\nHost: ${host}`),
  socket("another protocol version", `GET /a HTTP/9.9\r\nHost: ${host}`, "", { refused: [400, 505] }),
  socket("a chunk size with sign", post, "+0\r\n\r\n"),
  socket("a chunk size in 0x", post, "0x0\r\n\r\n"),
  socket("a chunk size that overflows", post, "10000000000000000\r\na\r\n0\r\n\r\n"),
  socket("a chunk extension with a bare LF", post, "1;a\nb\r\nx\r\n0\r\n\r\n"),
  socket("a chunk longer than it says", post, "1\r\nxyz\r\n0\r\n\r\n"),
];
