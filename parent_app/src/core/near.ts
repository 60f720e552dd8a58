/** Distances to shops. The phone's position is in memory only, while the list of shops is shown. */

import { type Device, isIos } from "web_shared/device/ios";
import type { Location, Shop } from "./model";
import { ParentTrouble } from "./trouble";

const EARTH_METRES = 6_371_009; // mean radius, IUGG
const ONE_DECIMAL_BELOW_KM = 10;
const WAIT_MS = 20_000;
const RECENT_MS = 60_000;

/**
 * The position of the phone; the browser asks for permission.
 *
 * @throws ParentTrouble `position_refused` or `position_missing`
 */
export async function findPosition(): Promise<Location> {
  const { geolocation } = navigator;
  if (!geolocation) throw new ParentTrouble("position_missing");
  try {
    const { coords } = await new Promise<GeolocationPosition>((found, failed) =>
      geolocation.getCurrentPosition(found, failed, { timeout: WAIT_MS, maximumAge: RECENT_MS }),
    );
    return { latitude: coords.latitude, longitude: coords.longitude };
  } catch (error) {
    const { code, PERMISSION_DENIED } = error as GeolocationPositionError;
    throw new ParentTrouble(code === PERMISSION_DENIED ? "position_refused" : "position_missing");
  }
}

/**
 * Metres along a great circle. Haversine formula, which is accurate for short distances too:
 * R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 68 (1984), p. 159.
 */
export function metresBetween(a: Location, b: Location): number {
  const radians = (degrees: number): number => (degrees * Math.PI) / 180;
  const haversine = (degrees: number): number => Math.sin(radians(degrees) / 2) ** 2;
  const h =
    haversine(b.latitude - a.latitude) +
    Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * haversine(b.longitude - a.longitude);
  return 2 * EARTH_METRES * Math.asin(Math.sqrt(Math.min(1, h))); // rounding may end above 1
}

/** Metres to a shop; null when its location or the phone's position is unknown. */
export function metresTo(shop: Shop, here: Location | null): number | null {
  return here && shop.location ? metresBetween(here, shop.location) : null;
}

/** Sorted by distance (stable); shops without a location come last. */
export function nearestFirst(shops: readonly Shop[], here: Location | null): Shop[] {
  const far = (shop: Shop): number => metresTo(shop, here) ?? Number.MAX_VALUE;
  return [...shops].sort((a, b) => far(a) - far(b));
}

/** `350 m` or `2,1 km` in a language, rounded to ten metres, the accuracy of a phone. */
export function sayDistance(exact: number, language: string): string {
  const metres = Math.round(exact / 10) * 10;
  const km = metres / 1000;
  const [number, unit, digits] =
    metres < 1000 ? [metres, "meter", 0] : [km, "kilometer", km < ONE_DECIMAL_BELOW_KM ? 1 : 0];
  // Digits are 0 to 9 in every language, as in amounts.
  return new Intl.NumberFormat(`${language}-u-nu-latn`, {
    style: "unit", unit, unitDisplay: "short", maximumFractionDigits: digits,
  }).format(number);
}

/**
 * A link that opens a map with the way to a shop, when the parent follows it; null when it has no place.
 * A phone asks which map; elsewhere it is that of OpenStreetMap.
 *
 * @param device the browser's `navigator`
 */
export function routeTo({ location, address }: Shop, device: Device): string | null {
  const place = location ? `${location.latitude},${location.longitude}` : address;
  if (!place) return null;
  const wanted = encodeURIComponent(place);
  if (device.userAgent.includes("Android")) return `geo:${location ? place : "0,0"}?q=${wanted}`;
  if (isIos(device)) return `https://maps.apple.com/?daddr=${wanted}`;
  return `https://www.openstreetmap.org/search?query=${wanted}`;
}
