/** The API client, with every kind of answer from the server or from a proxy in between. */

import { afterEach, describe, expect, it, test, vi } from "vitest";
import { get } from "svelte/store";
import { mapErrors } from "../src/api/map_errors";
import { Api } from "../src/api/client";
import { FileWrong } from "../src/protocol/issued";
import { waiting } from "../src/api/waiting";
import {
  REFUSAL_CODES,
  type RefusalCode,
  Refused,
  Unreachable,
} from "../src/api/problems";
import { refusalText } from "../src/api/refusal_texts";

function answering(body: unknown, status = 200): ReturnType<typeof vi.fn<typeof fetch>> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const fetched = vi.fn<typeof fetch>(() => Promise.resolve(new Response(text, { status })));
  vi.stubGlobal("fetch", fetched);
  return fetched;
}

function problem(code: string, status: number): object {
  const type = `urn:kindpakket:problem:${code}`;
  return { type, title: "Nee.", status, detail: "Vraag om een nieuwe code.", code };
}

async function caught(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (error: unknown) => error,
  );
}

afterEach(() => vi.unstubAllGlobals());

describe("a request", () => {
  it("is not cached and sends no cookies or referrer", async () => {
    const fetched = answering([]);
    await new Api().get("/schemes", {});
    const [url, init] = fetched.mock.calls[0]!;
    expect(url).toBe("/api/v1/schemes");
    expect(init).toMatchObject({
      method: "GET",
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      referrerPolicy: "no-referrer",
    });
    expect([...new Headers(init?.headers).keys()]).toEqual(["accept"]);
  });

  it("has its parameters in the path and the query", async () => {
    const fetched = answering([{ batch: 5 }]);
    const path = "/shops/{shop}/payouts";
    const answer = await new Api().get(path, { path: { shop: 1 }, query: { before: 4 } });
    expect(answer[0]!.batch).toBe(5);
    expect(fetched.mock.calls[0]![0]).toBe("/api/v1/shops/1/payouts?before=4");
    await new Api().get(path, { path: { shop: 1 }, query: {} });
    expect(fetched.mock.calls[1]![0]).toBe("/api/v1/shops/1/payouts");
    await new Api().get("/proofs/{proof}", { path: { proof: "a/" } });
    expect(fetched.mock.calls[2]![0]).toBe("/api/v1/proofs/a%2F");
  });

  it("has a body, a session token and a language when these are given", async () => {
    const fetched = answering({ id: "0x", status: "settled" }, 201);
    const body = { message: "m", signature: "0x" };
    await new Api("https://town.example").post("/sessions", body, { token: "t", language: "en" });
    const [url, init] = fetched.mock.calls[0]!;
    expect(url).toBe("https://town.example/api/v1/sessions");
    expect(JSON.parse(init?.body as string)).toEqual(body);
    const headers = new Headers(init?.headers);
    expect(headers.get("authorization")).toBe("Bearer t");
    expect(headers.get("accept-language")).toBe("en");
    expect(headers.get("content-type")).toBe("application/json");
  });
});

describe("a refusal", () => {
  test.each<[RefusalCode, number, boolean]>([
    ["code_expired", 409, true],
    ["code_unreadable", 400, false],
    ["session_invalid", 401, false],
    ["ledger_unavailable", 503, false],
    ["server_error", 500, false],
  ])("%s with %d is final: %s", async (code, status, final) => {
    answering(problem(code, status), status);
    const error = await caught(new Api().get("/schemes", {}));
    expect(error).toBeInstanceOf(Refused);
    expect(error).toMatchObject({ code, final, problem: { status } });
  });

  it("with a code of a later version is still a refusal", async () => {
    answering(problem("something_new", 409), 409);
    const error = await caught(new Api().get("/schemes", {}));
    expect(error).toMatchObject({ code: "server_error", final: true });
  });
});

describe("a request above a rate limit", () => {
  const busy = (status: number, seconds: number): Response =>
    new Response(JSON.stringify(problem(status === 429 ? "rate_limited" : "server_busy", status)), {
      status,
      headers: { "Retry-After": String(seconds) },
    });

  it("waits as long as the server asks, is counted as waiting, and is sent again unchanged", async () => {
    vi.useFakeTimers();
    const answers = [busy(429, 7), busy(503, 5), new Response('{"id": "0x1"}')];
    const fetched = vi.fn<typeof fetch>(() => Promise.resolve(answers.shift()!));
    vi.stubGlobal("fetch", fetched);
    const asked = new Api().post("/payments", { amount: 1 } as never);
    for (const [seconds, sent] of [[7, 1], [5, 2]] as const) {
      await vi.advanceTimersByTimeAsync(seconds * 1000 - 1);
      expect([fetched.mock.calls.length, get(waiting)]).toEqual([sent, 1]);
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(await asked).toEqual({ id: "0x1" });
    expect(get(waiting)).toBe(0);
    const bodies = fetched.mock.calls.map(([url, init]) => [url, init?.body]);
    expect(bodies).toEqual(Array(3).fill(["/api/v1/payments", '{"amount":1}']));
    vi.useRealTimers();
  });

  it("is refused after a minute of retries, and its claim stays open", async () => {
    vi.useFakeTimers();
    vi.stubGlobal("fetch", () => Promise.resolve(busy(429, 40)));
    const asked = caught(new Api().get("/schemes", {}));
    const answeredTo = caught(mapErrors(new Api().get("/schemes", {})));
    await vi.advanceTimersByTimeAsync(80_000);
    expect(await asked).toMatchObject({ code: "rate_limited", final: false });
    expect(await answeredTo).toMatchObject({ code: "busy" });
    vi.useRealTimers();
  });

  it("stops waiting when its caller aborts", async () => {
    vi.stubGlobal("fetch", () => Promise.resolve(busy(429, 40)));
    const controller = new AbortController();
    const asked = caught(new Api().get("/schemes", {}, { signal: controller.signal }));
    controller.abort();
    expect(await asked).toBeInstanceOf(Unreachable);
  });
});

describe("a file", () => {
  const bytes = (length: number): Uint8Array<ArrayBuffer> => new Uint8Array(length).fill(7);
  const answers = (body: BodyInit | null, init: ResponseInit): ReturnType<typeof vi.fn<typeof fetch>> => {
    const fetched = vi.fn<typeof fetch>(() => Promise.resolve(new Response(body, init)));
    vi.stubGlobal("fetch", fetched);
    return fetched;
  };
  const asked = (fetched: ReturnType<typeof answers>): [unknown, unknown, string[][]] => {
    const [url, init] = fetched.mock.calls[0]!;
    return [url, init?.cache, [...new Headers(init?.headers)].filter(([name]) => name !== "accept")];
  };

  it("is read whole, and the browser may keep it", async () => {
    const fetched = answers(bytes(5), { headers: { ETag: '"a"' } });
    expect(await new Api().file("/schemes/1/coupons", 5)).toEqual({ bytes: bytes(5), whole: true });
    expect(asked(fetched)).toEqual(["/api/v1/schemes/1/coupons", "default", []]);
  });

  it("is read from a position on, and nothing tells what was read before", async () => {
    const fetched = answers(bytes(2), { status: 206, headers: { ETag: '"b"' } });
    expect(await new Api().file("/days", 5, 42)).toEqual({ bytes: bytes(2), whole: false });
    expect(asked(fetched)[1]).toBe("no-store");
    expect(asked(fetched)[2]).toEqual([["range", "bytes=42-"]]);
    answers("gone", { status: 416 });
    expect(await new Api().file("/days", 5, 42)).toEqual({ bytes: bytes(0), whole: false });
  });

  it("that is larger than can be is not read to its end", async () => {
    answers(bytes(6), {});
    expect(await caught(new Api().file("/days", 5))).toBeInstanceOf(FileWrong);
  });

  it("that the server refuses, or that is cut off, is no file", async () => {
    answers(JSON.stringify(problem("not_found", 404)), { status: 404 });
    expect(await caught(new Api().file("/days", 5))).toMatchObject({ code: "not_found" });
    answers("<html>Bad gateway</html>", { status: 502 });
    expect(await caught(new Api().file("/days", 5))).toBeInstanceOf(Unreachable);
    answers(new ReadableStream({ start: (stream) => stream.error(new TypeError("network")) }), {});
    expect(await caught(new Api().file("/days", 5))).toBeInstanceOf(Unreachable);
  });

  it("that is asked for too often is asked for again when the server says so", async () => {
    vi.useFakeTimers();
    const busy = new Response(JSON.stringify(problem("rate_limited", 429)), { status: 429, headers: { "Retry-After": "7" } });
    const left = [busy, new Response(bytes(1))];
    const fetched = vi.fn<typeof fetch>(() => Promise.resolve(left.shift()!));
    vi.stubGlobal("fetch", fetched);
    const file = new Api().file("/days", 5);
    await vi.advanceTimersByTimeAsync(6_999);
    expect(fetched).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect((await file)!.bytes).toEqual(bytes(1));
    vi.useRealTimers();
  });
});

describe("without an answer the outcome is unknown", () => {
  it("when there is no network", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("failed to fetch")));
    expect(await caught(new Api().get("/schemes", {}))).toBeInstanceOf(Unreachable);
  });

  it("when it takes too long, or the caller aborts", async () => {
    vi.stubGlobal(
      "fetch",
      (_url: string, { signal }: RequestInit) =>
        new Promise((_, reject) => {
          if (signal!.aborted) reject(new Error("aborted"));
          signal!.addEventListener("abort", () => reject(new Error("aborted")));
        }),
    );
    expect(await caught(new Api("", 10).get("/schemes", {}))).toBeInstanceOf(Unreachable);
    const signal = AbortSignal.abort();
    expect(await caught(new Api().get("/schemes", {}, { signal }))).toBeInstanceOf(Unreachable);
  });

  test.each([
    ["the page of a portal", "<html>Log in</html>", 200],
    ["the page of a proxy", "<html>Bad gateway</html>", 502],
    ["JSON of a proxy", { error: "bad gateway" }, 502],
    ["JSON that is no object", "null", 500],
    ["half an answer", '{"block": 5, "coup', 200],
  ])("in %s", async (_, body, status) => {
    answering(body, status);
    expect(await caught(new Api().get("/schemes", {}))).toBeInstanceOf(Unreachable);
  });
});

test("each refusal has a title and a hint in two languages", () => {
  expect(REFUSAL_CODES.length).toBeGreaterThan(35);
  for (const code of REFUSAL_CODES) {
    for (const language of ["nl", "en", "ar"]) {
      const { title, hint } = refusalText(code, language);
      expect(title).toMatch(/\.$/);
      expect(hint).toMatch(/\.$/);
    }
  }
  expect(refusalText("code_expired", "ar")).toEqual(refusalText("code_expired", "en"));
});
