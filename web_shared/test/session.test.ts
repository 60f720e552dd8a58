import { afterEach, expect, it, vi } from "vitest";
import { Api } from "../src/api/client";
import { Refused } from "../src/api/problems";
import { Session } from "../src/api/session";
import { signText } from "../src/protocol/signatures";
import { toHex } from "../src/protocol/bytes";

const KEY = new Uint8Array(32).fill(1);
const PLACE = { host: "kindpakket.example:8443", origin: "https://kindpakket.example:8443" };
const LIST = { path: { shop: 7 } } as const;

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** A fake server whose tokens are valid for `lasts` reads. */
function serve(lasts: number): { asked: { path: string; token: string | null; body: string }[] } {
  const asked: { path: string; token: string | null; body: string }[] = [];
  let [tokens, left] = [0, 0];
  const answer = (status: number, body: object): Response => new Response(JSON.stringify(body), { status });
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const token = new Headers(init.headers).get("Authorization");
    asked.push({ path: url.replace("/api/v1", ""), token, body: String(init.body ?? "") });
    if (url.endsWith("/session-challenges")) return answer(201, { nonce: "00112233445566778899aabbccddeeff", chainId: 77 });
    if (url.endsWith("/sessions")) {
      [tokens, left] = [tokens + 1, lasts];
      return answer(201, { token: `token ${tokens}` });
    }
    left -= 1;
    const good = left >= 0 && token === `Bearer token ${tokens}`;
    return good ? answer(200, []) : answer(401, { code: "session_invalid", title: "No live session." });
  });
  return { asked };
}

function session(): Session {
  return new Session(new Api(), async (work) => work(KEY.slice()), PLACE);
}

it("signs the message that the server accepts", async () => {
  vi.useFakeTimers({ now: Date.parse("2027-01-15T08:00:00Z"), toFake: ["Date"] });
  const { asked } = serve(5);
  await session().get("/shops/{shop}/payouts", LIST);
  const { message, signature } = JSON.parse(asked[1]!.body) as { message: string; signature: string };
  expect(message).toBe(
    "kindpakket.example:8443 wants you to sign in with your Ethereum account:\n" +
      "0x1a642f0E3c3aF545E7AcBD38b07251B3990914F1\n\n\n" +
      "URI: https://kindpakket.example:8443\nVersion: 1\nChain ID: 77\n" +
      "Nonce: 00112233445566778899aabbccddeeff\nIssued At: 2027-01-15T08:00:00.000Z",
  );
  expect(signature).toBe(toHex(signText(message, KEY)));
});

it("signs in once for several requests", async () => {
  const { asked } = serve(5);
  const one = session();
  await Promise.all([one.get("/shops/{shop}/payouts", LIST), one.get("/shops/{shop}/payouts", LIST)]);
  await one.get("/shops/{shop}/payouts", LIST);
  expect(asked.filter(({ path }) => path === "/sessions")).toHaveLength(1);
  expect(asked.at(-1)).toMatchObject({ path: "/shops/7/payouts", token: "Bearer token 1" });
});

it("signs in again when its token has expired", async () => {
  const { asked } = serve(1);
  const one = session();
  await one.get("/shops/{shop}/payouts", LIST);
  await one.get("/shops/{shop}/payouts", LIST);
  expect(asked.at(-1)!.token).toBe("Bearer token 2");
});

it("signs in at most once more for a request", async () => {
  const { asked } = serve(0);
  await expect(session().get("/shops/{shop}/payouts", LIST)).rejects.toThrow(Refused);
  expect(asked.filter(({ path }) => path === "/sessions")).toHaveLength(2);
});

it("signs in at the next request after a failure", async () => {
  const one = session();
  vi.stubGlobal("fetch", async () => Promise.reject(new TypeError("no network")));
  await expect(one.get("/shops/{shop}/payouts", LIST)).rejects.toThrow("did not answer");
  serve(5);
  await expect(one.get("/shops/{shop}/payouts", LIST)).resolves.toEqual([]);
});
