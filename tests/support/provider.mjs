// An OpenID provider for tests. Prints its address; then reads its clients as a line of JSON. Anybody
// logs in with any name, which is the subject, and any password.
import { createServer } from "node:http";
import { once } from "node:events";
import { createInterface } from "node:readline";
import Provider from "oidc-provider";

let answer;
const server = createServer((request, response) => answer(request, response));
server.listen(0, "127.0.0.1");
await once(server, "listening");
const issuer = `http://127.0.0.1:${server.address().port}`;
console.log(issuer);

const [line] = await once(createInterface({ input: process.stdin }), "line");
const provider = new Provider(issuer, {
  clients: JSON.parse(line),
  cookies: { keys: ["tests"] },
  features: { backchannelLogout: { enabled: true }, devInteractions: { enabled: true } },
  // To this machine too, which it refuses otherwise.
  fetch: (url, options) => fetch(url, { ...options, dispatcher: undefined }),
  pkce: { required: () => true },
});
answer = provider.callback();
console.log("ready");
process.stdin.on("end", () => process.exit());
