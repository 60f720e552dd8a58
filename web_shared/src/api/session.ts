/** Session of a key that signed in (ERC-4361), for what only its holder may read. The token is in memory only. */

import { toHex } from "../protocol/bytes";
import { addressOf, type Key, signText } from "../protocol/signatures";
import { type Place, signInMessage } from "../protocol/signin";
import type { Answer, Api, Body, PathsWith, Values } from "./client";
import { Refused } from "./problems";
import type { paths } from "./schema";

/** Call a function with the key, which is wiped afterwards. */
export type WithKey = <T>(work: (key: Key) => T) => Promise<T>;

type Readable = { [P in keyof paths]: paths[P]["get"] extends { responses: object } ? P : never }[keyof paths];

export class Session {
  private opening: Promise<string> | null = null;

  constructor(
    private readonly api: Api,
    private readonly withKey: WithKey,
    private readonly place: Place = location,
  ) {}

  /**
   * Read something; sign in first when there is no session or it has expired.
   *
   * @throws Refused also `not_authorised`: the key has no right to read it.
   * @throws Unreachable
   */
  async get<P extends Readable>(path: P, values: Values<"get", P>): Promise<Answer<"get", P>> {
    return this.signedIn((token) => this.api.get(path, values, { token }));
  }

  /**
   * Send something that only the key's holder may; signs in as {@link get} does.
   *
   * @param values the path parameters
   * @throws Refused
   * @throws Unreachable
   */
  async post<P extends PathsWith<"post">>(path: P, values: Values<"post", P>, body: Body<P>): Promise<Answer<"post", P>> {
    return this.signedIn((token) => this.api.post(path, body, { token }, values));
  }

  private async signedIn<T>(ask: (token: string) => Promise<T>): Promise<T> {
    const token = await this.token();
    try {
      return await ask(token);
    } catch (error) {
      if (!(error instanceof Refused && error.problem.status === 401)) throw error;
    }
    this.opening = null;
    return ask(await this.token());
  }

  private token(): Promise<string> {
    const opening = (this.opening ??= this.open());
    opening.catch(() => {
      if (this.opening === opening) this.opening = null;
    });
    return opening;
  }

  private async open(): Promise<string> {
    const { nonce, chainId } = await this.api.post("/session-challenges", {} as never);
    const body = await this.withKey((key) => {
      const message = signInMessage(this.place, addressOf(key), chainId, nonce, new Date());
      return { message, signature: toHex(signText(message, key)) };
    });
    return (await this.api.post("/sessions", body)).token;
  }
}
