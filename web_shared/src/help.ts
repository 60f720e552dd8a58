/** Who helps, for every screen: asked for when an app is opened, and kept for when there is no network. */

import { answered } from "./api/answered";
import type { Api } from "./api/client";

export interface Help {
  municipality: string;
  phone: string;
  email: string;
  /** Where people can come, and when. */
  desk: string;
}

export async function askHelp(api: Api): Promise<Help> {
  const { municipality, phone, email, desk } = await answered(api.get("/help", {}));
  return { municipality, phone, email, desk };
}

/** What a telephone dials (RFC 3966): a number without what people write between its digits. */
export function telephoneLink(phone: string): string {
  return `tel:${phone.replace(/(?!^\+)[^0-9]/g, "")}`;
}
