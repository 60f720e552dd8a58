/** The HTTP API, with the types of the server's own description. Nothing here is kept by a browser. */

import { type Problem, readProblem, Refused, Unreachable } from "./problems";
import type { components, paths } from "./schema";
import { waitFor } from "./waiting";

export type Schemas = components["schemas"];

const ROOT = "/api/v1";
/** A ledger may take a few seconds; a network that is not there takes for ever. */
const TIMEOUT_MS = 15_000;
/** So long a request waits in all when the server says to come back later; then it is refused. */
const PATIENCE_SECONDS = 60;

type Method = "get" | "post";
export type PathsWith<M extends Method> = {
  [P in keyof paths]: paths[P][M] extends { responses: object } ? P : never;
}[keyof paths];
type Operation<M extends Method, P extends PathsWith<M>> = paths[P][M];

type Json<Answer> = Answer extends { content: { "application/json": infer Body } } ? Body : never;
/** What a path answers when all is well. */
export type Answer<M extends Method, P extends PathsWith<M>> =
  Operation<M, P> extends { responses: infer R } ? Json<R[keyof R & (200 | 201 | 202)]> : never;
/** What a path is sent. */
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
/** The values in a path, and the query after it. */
export type Values<M extends Method, P extends PathsWith<M>> = Part<Parameters<M, P>, "path"> &
  Part<Parameters<M, P>, "query">;

interface Options {
  /** Of a session: for a shop's own lists. */
  token?: string;
  /** The language of the titles and hints of problems. */
  language?: string;
  signal?: AbortSignal;
}

export class Api {
  /** @param origin Of the server; none when it is the one that served the page. */
  constructor(
    private readonly origin: string = "",
    private readonly timeout: number = TIMEOUT_MS,
  ) {}

  /**
   * @throws Refused the server's answer is a problem.
   * @throws Unreachable there is no answer; nothing is known.
   */
  get<P extends PathsWith<"get">>(
    path: P,
    values: Values<"get", P>,
    options: Options = {},
  ): Promise<Answer<"get", P>> {
    return this.ask("GET", fill(path, values), undefined, options);
  }

  /**
   * Send an act, or the same act again: it counts once. See `status` in the answer.
   *
   * @throws Refused the server's answer is a problem. Only a 409 is final, see {@link Refused.final}.
   * @throws Unreachable there is no answer: it may have been carried out. Send the same again.
   */
  post<P extends PathsWith<"post">>(
    path: P,
    body: Body<P>,
    options: Options = {},
    values: { path?: object } = {},
  ): Promise<Answer<"post", P>> {
    return this.ask("POST", fill(path, values), body, options);
  }

  /** When the server says to come back later, nothing was done: the same is sent again then. */
  private async ask<T>(method: string, path: string, body: unknown, options: Options): Promise<T> {
    let patience = PATIENCE_SECONDS;
    for (;;) {
      const answer = await this.askOnce<T>(method, path, body, options);
      if (!(answer instanceof Later)) return answer;
      patience -= answer.seconds;
      if (patience < 0) throw answer.refused;
      try {
        await waitFor(answer.seconds, options.signal);
      } catch (error) {
        throw new Unreachable({ cause: error });
      }
    }
  }

  private async askOnce<T>(method: string, path: string, body: unknown, options: Options): Promise<T | Later> {
    const headers = new Headers({ Accept: "application/json, application/problem+json" });
    if (body !== undefined) headers.set("Content-Type", "application/json");
    if (options.token !== undefined) headers.set("Authorization", `Bearer ${options.token}`);
    if (options.language !== undefined) headers.set("Accept-Language", options.language);
    const init: RequestInit = {
      method,
      headers,
      cache: "no-store",
      credentials: "omit",
      mode: "same-origin",
      redirect: "error",
      referrerPolicy: "no-referrer",
      signal: patience(this.timeout, options.signal),
    };
    if (this.origin !== "") delete init.mode;
    if (body !== undefined) init.body = JSON.stringify(body);
    let response: Response;
    let answer: unknown;
    try {
      response = await fetch(this.origin + ROOT + path, init);
      answer = await response.json();
    } catch (error) {
      // Also an answer that is cut off, or a page of whatever stands between us and the server.
      throw new Unreachable({ cause: error });
    }
    if (response.ok) return answer as T;
    const problem: Problem | null = readProblem(answer, response.status);
    if (problem === null) throw new Unreachable();
    const seconds = Number(response.headers.get("Retry-After"));
    if (seconds > 0) return new Later(seconds, new Refused(problem));
    throw new Refused(problem);
  }
}

/** What the server says who is over a limit, or for whom there is no room now. */
class Later {
  constructor(
    readonly seconds: number,
    readonly refused: Refused,
  ) {}
}

function patience(milliseconds: number, signal?: AbortSignal): AbortSignal {
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
