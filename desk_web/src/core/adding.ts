/** Import of keys from files and paper, and backups. */

import { refusePassphrase } from "web_shared/device/secrets";
import type { Address } from "web_shared/protocol/bytes";
import { fromHex } from "web_shared/protocol/bytes";
import { makeKeystore, openKeystore, type Progress } from "web_shared/protocol/keystore";
import { type Key, number, ORDER } from "web_shared/protocol/signatures";
import type { DeskKey, Keys } from "./keys";
import { DeskTrouble } from "./trouble";

/**
 * Import the key of a keystore.
 *
 * @throws KeystoreUnreadable, PasswordWrong, and as `Keys.add`
 */
export async function addFromFile(
  keys: Keys,
  { text, password, name }: { text: string; password: string; name: string },
  passphrase: string,
  progress: Progress,
): Promise<void> {
  if (name.trim() === "") throw new DeskTrouble("name_missing");
  const key = await openKeystore(text, password, progress);
  await addAndWipe(keys, key, { name: name.trim(), temporary: false, saved: true }, passphrase);
}

/**
 * Import a typed key from paper, until its holder signs out.
 *
 * @throws DeskTrouble `paper_unreadable`, and as `Keys.add`
 */
export async function addFromPaper(keys: Keys, typed: string, name: string, passphrase: string): Promise<void> {
  await addAndWipe(keys, readPaper(typed), { name, temporary: true, saved: true }, passphrase);
}

/** @throws DeskTrouble */
export function readPaper(typed: string): Key {
  const digits = typed.replace(/[\s-]/g, "").replace(/^0x/i, "");
  if (!/^[0-9a-f]{64}$/i.test(digits)) throw new DeskTrouble("paper_unreadable");
  const key = fromHex(`0x${digits}`, 32);
  if (number(key) === 0n || number(key) >= ORDER) throw new DeskTrouble("paper_unreadable");
  return key;
}

/**
 * The text of a keystore with this key, as a backup.
 *
 * @param work scrypt's N; by default that of {@link makeKeystore}
 * @throws DeskTrouble `passphrase_short`, `passphrase_weak`, and as `Keys.use`
 */
export async function makeBackup(
  keys: Keys,
  address: Address,
  passphrase: string,
  password: string,
  progress: Progress,
  work?: number,
): Promise<string> {
  const refused = refusePassphrase(password, []);
  if (refused !== null) throw new DeskTrouble(refused);
  return keys.use(address, passphrase, (key) => makeKeystore(key, password, progress, work));
}

/** The file name of a backup: `kindpakket-anna-de-vries.json` for `Anna de Vries`. */
export function fileName(name: string): string {
  const plain = name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const slug = plain.replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
  return ["kindpakket", ...(slug ? [slug] : [])].join("-") + ".json";
}

async function addAndWipe(keys: Keys, key: Key, about: Omit<DeskKey, "address">, passphrase: string): Promise<void> {
  try {
    await keys.add(key, about, passphrase);
  } finally {
    key.fill(0);
  }
}
