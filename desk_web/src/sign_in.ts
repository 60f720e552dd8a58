/** The sign-in form. */

import type { Keys } from "./core/keys";
import { signIn } from "./core/signing";
import { fill } from "./sending";

/** Sign a form's challenge and submit it. */
export async function signInWith(form: HTMLFormElement, keys: Keys, address: string, passphrase: string): Promise<void> {
  const { nonce = "", chainId } = form.dataset;
  const challenge = { nonce, chainId: Number(chainId) };
  const { message, signature } = await keys.use(address, passphrase, (key) => signIn(location, challenge, new Date(), key));
  fill(form, { message: [message], signature: [signature] });
  form.requestSubmit();
}
