import { describe, expect, it } from "vitest";
import { readAnswer } from "./answer.ts";

const limits = {
  planningStepsMax: 1000,
  tokensMax: 2000,
  plansMax: 1000,
  keysPerFetchMax: 500,
  answerDepthMax: 128,
  answerValuesMax: 10_000,
  errorsMax: 10,
};
const read = (text: string) => readAnswer(JSON.parse(text), limits);
const nested = (levels: number, open: string, close: string) =>
  `${open.repeat(levels)}1${close.repeat(levels)}`;

describe("an answer of a subgraph", () => {
  it.for<[name: string, text: string]>([
    ["names __proto__", '{"data":{"__proto__":{"isAdmin":true}}}'],
    ["names __proto__ in escapes", '{"data":{"\\u005f_proto__":1}}'],
    ["names __proto__ in its errors", '{"data":null,"errors":[{"extensions":{"__proto__":1}}]}'],
    ["names a constructor's prototype", '{"data":{"a":[{"constructor":{"prototype":{}}}]}}'],
    ["is 10,000 lists deep", `{"data":{"a":${nested(10_000, "[", "]")}}}`],
    ["is 10,000 objects deep", `{"data":${nested(10_000, '{"a":', "}")}}`],
    ["is deep in its extensions", `{"data":{},"extensions":${nested(200, "[", "]")}}`],
    ["has a list without end", `{"data":{"a":[${"1,".repeat(10_000)}1]}}`],
    ["has empty objects without end", `{"data":{"a":[${"{},".repeat(10_000)}{}]}}`],
    ["has names without end", `{"data":{${Array.from({ length: 10_001 }, (_, n) => `"a${n}":1`).join()}}}`],
    ["is a text", '"data"'],
    ["is a number", "1"],
    ["is null", "null"],
    ["is a list", '[{"data":{}}]'],
    ["is empty", "{}"],
    ["has a text for data", '{"data":"x"}'],
    ["has a list for data", '{"data":[]}'],
    ["has an object for errors", '{"data":{},"errors":{"message":"x"}}'],
    ["has a text for errors", '{"data":{},"errors":"x"}'],
  ])("that %s is not taken", ([, text]) => {
    expect(() => read(text)).toThrow("upstream_malformed_response");
  });

  it("says what it says, whatever its errors look like", () => {
    const answer = read(`{"data":{"a":1,"a":2,"constructor":{"x":1},"prototype":1},"errors":[
      null, 1, "x", [], {}, {"message":{"toString":1},"path":"x"}, {"message":"m","path":["a",0,null,{},true,"b"]}]}`);
    expect(answer.data).toEqual({ a: 2, constructor: { x: 1 }, prototype: 1 });
    expect(answer.faults.map(({ message, path }) => [message, path])).toEqual([
      ...Array.from({ length: 6 }, () => ["error", []]),
      ["m", ["a", 0, "b"]],
    ]);
  });

  it("has errors with paths no longer than it may be deep", () => {
    const path = `["a",${"0,".repeat(5000)}0]`;
    const [fault] = read(`{"data":{"a":null},"errors":[{"message":"m","path":${path}}]}`).faults;
    expect(fault?.path).toHaveLength(limits.answerDepthMax);
  });

  it("has no more errors than are told", () => {
    const errors = Array.from({ length: 1000 }, () => '{"message":"m"}').join();
    expect(read(`{"data":null,"errors":[${errors}]}`).faults).toHaveLength(10);
  });

  it("is looked at no further than its bound", () => {
    let looked = 0;
    const watched = (value: object): unknown =>
      new Proxy(value, {
        ownKeys: (target) => {
          looked += 1;
          return Reflect.ownKeys(target);
        },
      });
    const list = Array.from({ length: 50_000 }, () => watched({ a: watched({}) }));
    expect(() => readAnswer({ data: { list } }, limits)).toThrow("too many values");
    expect(looked).toBe(0);
  });
});
