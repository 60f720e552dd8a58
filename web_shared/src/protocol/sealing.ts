/** Sealing with age (https://age-encryption.org/v1), to X25519 keys. */

import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";

export { generateX25519Identity as newIdentity, identityToRecipient as recipientOf };

/** The two privacy officers' public keys, `age1…`, in the order in which a letter is sealed to them. */
export type Recipients = readonly [first: string, second: string];

/**
 * Encrypt a letter's text to the first officer's key, and the result to the second's. The second opens first.
 *
 * @throws Error a key is not one of age
 */
export async function sealLetter(text: string, [first, second]: Recipients): Promise<Uint8Array> {
  return seal(await seal(new TextEncoder().encode(text), first), second);
}

export async function seal(content: Uint8Array, recipient: string): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return encrypter.encrypt(content);
}

/**
 * @param identity the private key, in age's own text
 * @throws Error it was sealed to another key, or was changed
 */
export async function unseal(sealed: Uint8Array, identity: string): Promise<Uint8Array> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return decrypter.decrypt(sealed);
}

/**
 * The key with which a file was encrypted, 16 bytes. It opens that file only, and nothing else that its recipient can open.
 *
 * @param identity the private key, in age's own text
 * @throws Error it was sealed to another key, or its header was changed
 */
export async function unsealKey(sealed: Uint8Array, identity: string): Promise<Uint8Array> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return decrypter.decryptHeader(sealed);
}

/**
 * @param fileKey what `unsealKey` returned for the same file
 * @throws Error it is the key of another file, or the file was changed
 */
export async function unsealWith(sealed: Uint8Array, fileKey: Uint8Array): Promise<Uint8Array> {
  const decrypter = new Decrypter();
  decrypter.addIdentity({ unwrapFileKey: () => fileKey });
  return decrypter.decrypt(sealed);
}
