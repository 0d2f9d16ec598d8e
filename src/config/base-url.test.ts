import { describe, expect, it } from "vitest";
import { addressOf, checkBaseUrl } from "./base-url.ts";

describe("checkBaseUrl", () => {
  const path = ["providers", "mine", "baseUrl"];

  it.for([
    "http://localhost:8000/v1",
    "https://api.example.com",
    "http://[::1]:8080/v1",
    "https://h/a/b_c/v1/",
  ])("takes %s", (url) => {
    expect(checkBaseUrl(url, path)).toEqual([]);
  });

  it.for([
    { url: "ftp://host", rule: "must begin with `http://` or `https://`" },
    { url: "api.example.com/v1", rule: "must begin with `http://` or `https://`" },
    {
      url: "https://user:canary@host/v1",
      rule: "must not hold a user name or password; use `key` or `headers`",
    },
    { url: "https://host/v1?key=canary", rule: "must not have a query or a fragment" },
    { url: "https://host/v1#top", rule: "must not have a query or a fragment" },
    { url: "https://", rule: "must be a URL of the form `https://host[:port][/path]`" },
    { url: "https://host:70000", rule: "must be a URL of the form `https://host[:port][/path]`" },
    { url: "https://host:0/v1", rule: "must be a URL of the form `https://host[:port][/path]`" },
    { url: "https://a b/v1", rule: "must be a URL of the form `https://host[:port][/path]`" },
  ])("refuses $url and does not print it", ({ url, rule }) => {
    const [finding, ...others] = checkBaseUrl(url, path);
    expect(finding?.message).toBe(`\`providers.mine.baseUrl\` ${rule}`);
    expect(others).toEqual([]);
  });
});

describe("addressOf", () => {
  it("knows the usual ports", () => {
    expect(addressOf("http://LocalHost/v1")).toEqual({ host: "localhost", port: 80 });
    expect(addressOf("https://[::1]/v1")).toEqual({ host: "::1", port: 443 });
    expect(addressOf("http://127.0.0.1:7227")).toEqual({ host: "127.0.0.1", port: 7227 });
  });
});
