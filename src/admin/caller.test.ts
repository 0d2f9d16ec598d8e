import { describe, expect, it } from "vitest";
import { rootOperator } from "../exchange/operator.ts";
import { readCredential } from "./caller.ts";

const read = (headers: Readonly<Record<string, string>>, admits: (token: string) => boolean = () => true) =>
  readCredential({ header: (name) => ({ host: "localhost:7228", ...headers })[name] }, (token) =>
    admits(token) ? rootOperator : undefined,
  );

/** Hosts that are not this machine, however they are written. */
const elsewhere = ["admin.example", "192.0.2.1:7228", "localhost.example", "127.0.0.1.example", "[::2]"].map(
  (host): Readonly<Record<string, string>> => ({ host, cookie: "sallyport_session=x" }),
);

describe("readCredential", () => {
  it.for([
    { name: "a bearer token", headers: { authorization: "Bearer a-b.c" }, kind: "bearer", token: "a-b.c" },
    {
      name: "a bearer token in other letters",
      headers: { authorization: "bearer  x " },
      kind: "bearer",
      token: "x",
    },
    {
      name: "a session among cookies",
      headers: { cookie: "a=1; sallyport_session=x; b=2" },
      kind: "session",
      token: "x",
    },
    {
      name: "the first of two sessions",
      headers: { cookie: "sallyport_session=x; sallyport_session=y" },
      kind: "session",
      token: "x",
    },
    {
      name: "of two the one that nobody else can set",
      headers: { cookie: "sallyport_session=x; __Host-sallyport=y" },
      kind: "session",
      token: "y",
    },
    {
      name: "a token with = inside",
      headers: { cookie: "sallyport_session=x=y=" },
      kind: "session",
      token: "x=y=",
    },
    {
      name: "512 characters",
      headers: { authorization: `Bearer ${"x".repeat(512)}` },
      kind: "bearer",
      token: "x".repeat(512),
    },
  ])("finds $name", ({ headers, kind, token }) => {
    expect(read(headers)).toEqual({ kind: "good", caller: { kind, token, operator: rootOperator } });
    expect(read(headers, () => false)).toEqual({ kind: "wrong" });
  });

  it.for([
    { name: "513 characters", headers: { authorization: `Bearer ${"x".repeat(513)}` } },
    { name: "an empty cookie", headers: { cookie: "sallyport_session=" } },
    { name: "another scheme", headers: { authorization: "Basic eDp5" } },
  ])("asks nobody about $name", ({ headers }) => {
    expect(read(headers)).toEqual({ kind: "wrong" });
  });

  it.for([
    { cookie: "other=x" },
    { cookie: "xsallyport_session=x" },
    { cookie: "sallyport_session" },
    {},
    ...elsewhere,
  ])("finds none in %j", (headers) => {
    expect(read(headers)).toEqual({ kind: "none" });
  });
});
