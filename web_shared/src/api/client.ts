/** Client of the HTTP API, typed by the server's OpenAPI schema. Browsers cache none of its answers but whole files. */

import { concatBytes } from "../protocol/bytes";
import { FileWrong } from "../protocol/issued";
import { type Problem, readProblem, Refused, Unreachable } from "./problems";
import type { components, paths } from "./schema";
import { waitFor } from "./waiting";

export type Schemas = components["schemas"];

const ROOT = "/api/v1";
/** An act may take a few seconds; without a network a request could wait without end. */
const TIMEOUT_MS = 15_000;
/** For a file: the server gives a client this long to take an answer. */
const FILE_TIMEOUT_MS = 30_000;
/** Total time that a request waits for retries that the server asked for (`Retry-After`). */
const MAX_RETRY_SECONDS = 60;

type Method = "get" | "post";
export type PathsWith<M extends Method> = {
  [P in keyof paths]: paths[P][M] extends { responses: object } ? P : never;
}[keyof paths];
type Operation<M extends Method, P extends PathsWith<M>> = paths[P][M];

type Json<Answer> = Answer extends { content: { "application/json": infer Body } } ? Body : never;
/** The body of a path's successful response. */
export type Answer<M extends Method, P extends PathsWith<M>> =
  Operation<M, P> extends { responses: infer R } ? Json<R[keyof R & (200 | 201 | 202)]> : never;
/** The body of a request to a path. */
export type Body<P extends PathsWith<"post">> =
  Operation<"post", P> extends { requestBody: { content: { "application/json": infer B } } }
    ? B
    : never;

type Parameters<M extends Method, P extends PathsWith<M>> =
  Operation<M, P> extends { parameters: infer All } ? All : never;
type Part<All, Name extends string> = Name extends keyof All
  ? [All[Name]] extends [undefined]
    ? object
    : undefined extends All[Name]
      ? { [N in Name]?: All[Name] }
      : { [N in Name]: All[Name] }
  : object;
/** The path parameters and query parameters of a path. */
export type Values<M extends Method, P extends PathsWith<M>> = Part<Parameters<M, P>, "path"> &
  Part<Parameters<M, P>, "query">;

interface Options {
  /** A session's token, for what only its key may read. */
  token?: string;
  /** The language of the titles and hints of problems. */
  language?: string;
  signal?: AbortSignal;
}

export interface FileAnswer {
  /** From `from` on, empty when the file ends there or before; or the whole file. */
  bytes: Uint8Array;
  whole: boolean;
}

export class Api {
  /** @param origin of the server; empty for the one that served the page */
  constructor(
    private readonly origin: string = "",
    private readonly timeout: number = TIMEOUT_MS,
  ) {}

  /**
   * @throws Refused the server's answer is a problem.
   * @throws Unreachable there is no answer, or none of the server.
   */
  get<P extends PathsWith<"get">>(
    path: P,
    values: Values<"get", P>,
    options: Options = {},
  ): Promise<Answer<"get", P>> {
    return this.request("GET", fill(path, values), undefined, options);
  }

  /**
   * Send an act. Idempotent: the same act may be sent again. See `status` in the answer.
   *
   * @throws Refused the server's answer is a problem. Only a 409 is final, see {@link Refused.final}.
   * @throws Unreachable there is no answer, and the act may have been carried out. Send the same again.
   */
  post<P extends PathsWith<"post">>(
    path: P,
    body: Body<P>,
    options: Options = {},
    values: { path?: object } = {},
  ): Promise<Answer<"post", P>> {
    return this.request("POST", fill(path, values), body, options);
  }

  /**
   * Read a file of bytes, all of it or the rest. No ETag is sent: it would tell what was read before.
   *
   * @param most bytes; no more are read
   * @param from the position from which the rest is asked for; null for a file that the browser may keep
   * @throws Refused the server's answer is a problem.
   * @throws Unreachable there is no answer, or none of the server.
   * @throws FileWrong it is larger.
   */
  file(path: string, most: number, from: number | null = null): Promise<FileAnswer> {
    const headers = new Headers({ Accept: "application/octet-stream, application/problem+json" });
    if (from) headers.set("Range", `bytes=${from}-`);
    return this.patiently(async () => {
      const init = this.init("GET", headers, withTimeout(FILE_TIMEOUT_MS));
      // A browser may keep whole files, which are no secret: those of the past never change.
      init.cache = from === null ? "default" : "no-store";
      try {
        const response = await fetch(this.origin + ROOT + path, init);
        if (response.status === 416) return { bytes: new Uint8Array(), whole: false };
        if (!response.ok) return problemIn(response, await response.json());
        const bytes = await readAtMost(response, most);
        return { bytes, whole: response.status !== 206 };
      } catch (error) {
        if (error instanceof Refused || error instanceof FileWrong) throw error;
        throw new Unreachable({ cause: error });
      }
    });
  }

  private request<T>(method: string, path: string, body: unknown, options: Options): Promise<T> {
    return this.patiently(() => this.requestOnce<T>(method, path, body, options), options.signal);
  }

  /** Retry when the server asks for it; a request that it answers so was not carried out. */
  private async patiently<T>(ask: () => Promise<T | RetryAfter>, signal?: AbortSignal): Promise<T> {
    let remaining = MAX_RETRY_SECONDS;
    for (;;) {
      const answer = await ask();
      if (!(answer instanceof RetryAfter)) return answer;
      remaining -= answer.seconds;
      if (remaining < 0) throw answer.refused;
      try {
        await waitFor(answer.seconds, signal);
      } catch (error) {
        throw new Unreachable({ cause: error });
      }
    }
  }

  private async requestOnce<T>(method: string, path: string, body: unknown, options: Options): Promise<T | RetryAfter> {
    const headers = new Headers({ Accept: "application/json, application/problem+json" });
    if (body !== undefined) headers.set("Content-Type", "application/json");
    if (options.token !== undefined) headers.set("Authorization", `Bearer ${options.token}`);
    if (options.language !== undefined) headers.set("Accept-Language", options.language);
    const init = this.init(method, headers, withTimeout(this.timeout, options.signal));
    if (body !== undefined) init.body = JSON.stringify(body);
    let response: Response;
    let answer: unknown;
    try {
      response = await fetch(this.origin + ROOT + path, init);
      answer = await response.json();
    } catch (error) {
      // Includes truncated answers, and pages of proxies or captive portals.
      throw new Unreachable({ cause: error });
    }
    return response.ok ? (answer as T) : problemIn(response, answer);
  }

  private init(method: string, headers: Headers, signal: AbortSignal): RequestInit {
    const init: RequestInit = {
      method,
      headers,
      cache: "no-store",
      credentials: "omit",
      mode: "same-origin",
      redirect: "error",
      referrerPolicy: "no-referrer",
      signal,
    };
    if (this.origin !== "") delete init.mode;
    return init;
  }
}

/**
 * @returns how long to wait before the same request is sent again
 * @throws Refused
 * @throws Unreachable it is no answer of the server
 */
function problemIn(response: Response, answer: unknown): RetryAfter {
  const problem: Problem | null = readProblem(answer, response.status);
  if (problem === null) throw new Unreachable();
  const seconds = Number(response.headers.get("Retry-After"));
  if (seconds > 0) return new RetryAfter(seconds, new Refused(problem));
  throw new Refused(problem);
}

/** @throws FileWrong when there are more bytes */
async function readAtMost(response: Response, most: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for (const reader = response.body!.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > most) {
      await reader.cancel();
      throw new FileWrong("too large");
    }
    parts.push(value);
  }
  return concatBytes(...parts);
}

/** The server's answer when a rate limit is exceeded or its queue is full. */
class RetryAfter {
  constructor(
    readonly seconds: number,
    readonly refused: Refused,
  ) {}
}

function withTimeout(milliseconds: number, signal?: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  setTimeout(stop, milliseconds);
  if (signal?.aborted) stop();
  signal?.addEventListener("abort", stop, { once: true });
  return controller.signal;
}

function fill(path: string, values: { path?: object; query?: object }): string {
  const names = (values.path ?? {}) as Record<string, unknown>;
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(names[name])),
  );
  const given = Object.entries(values.query ?? {}).filter(([, value]) => value != null);
  const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return query === "" ? filled : `${filled}?${query}`;
}
