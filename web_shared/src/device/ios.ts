/** What a browser says about its device. */
export type Device = Pick<Navigator, "userAgent" | "maxTouchPoints">;

/** Whether it is an iPhone or iPad. An iPad calls itself a Macintosh, which has no touch screen. */
export function isIos({ userAgent, maxTouchPoints }: Device): boolean {
  return /iPhone|iPad|iPod/.test(userAgent) || (userAgent.includes("Macintosh") && maxTouchPoints > 1);
}
