/** Handing a text to another app of the device, or to its clipboard. */

export const CAN_SHARE = "share" in navigator;

/** Open the device's ways to share, or copy where it has none. Whoever closes them has shared nothing, which is no error. */
export async function shareText(title: string, text: string): Promise<"shared" | "copied" | "failed"> {
  try {
    if (CAN_SHARE) await navigator.share({ title, text });
    else await navigator.clipboard.writeText(text);
    return CAN_SHARE ? "shared" : "copied";
  } catch (error) {
    return error instanceof DOMException && error.name === "AbortError" ? "shared" : "failed";
  }
}
