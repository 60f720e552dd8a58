/** The municipality's contact details, shown on every screen; fetched at start and stored for offline use. */

import { mapErrors } from "./api/map_errors";
import type { Api } from "./api/client";

export interface Help {
  municipality: string;
  phone: string;
  email: string;
  /** Place and opening hours. */
  desk: string;
}

export async function fetchHelp(api: Api): Promise<Help> {
  const { municipality, phone, email, desk } = await mapErrors(api.get("/help", {}));
  return { municipality, phone, email, desk };
}

/** A `tel:` URI (RFC 3966): the number without separators. */
export function telephoneLink(phone: string): string {
  return `tel:${phone.replace(/(?!^\+)[^0-9]/g, "")}`;
}
