import { describe, expect, it } from "vitest";
import type { Location, Shop } from "../src/core/model";
import { metresBetween, metresTo, nearestFirst, sayDistance } from "../src/core/near";

const at = (latitude: number, longitude: number): Location => ({ latitude, longitude });

function shop(id: number, location?: Location | null): Shop {
  return { id, name: `Winkel ${id}`, address: "", categories: [], permitted: true, ...(location === undefined ? {} : { location }) };
}

describe("the distance", () => {
  // By hand, with 6,371,009 m for the radius: one degree of a great circle is
  // 6,371,009 × π / 180 = 111,195.1 m, a quarter of it 6,371,009 × π / 2 = 10,007,557.5 m.
  it.each([
    ["nowhere else", at(53.2474, 6.4031), at(53.2474, 6.4031), 0],
    ["a degree to the north", at(53, 6), at(54, 6), 111_195],
    ["a degree along the equator", at(0, 6), at(0, 7), 111_195],
    ["a degree over the date line", at(0, 179.5), at(0, -179.5), 111_195],
    // 2 × 6,371,009 × asin(cos 60° × sin ½°): half of it, less half a metre for the bend
    ["a degree to the east at 60° north", at(60, 6), at(60, 7), 55_597],
    // 0.01 × 111,195.1 × cos 53.2474° = 1,111.95 × 0.59836
    ["a hundredth of a degree to the east", at(53.2474, 6.4031), at(53.2474, 6.4131), 665],
    ["0.00315 degree to the north", at(53.2474, 6.4031), at(53.25055, 6.4031), 350],
    ["from the pole to the equator", at(90, 0), at(0, 6), 10_007_558],
    ["to the other side of the earth", at(53, 6), at(-53, -174), 20_015_115],
  ])("is that of %s", (_where, from, to, metres) => {
    expect(Math.round(metresBetween(from, to))).toBe(metres);
    expect(Math.round(metresBetween(to, from))).toBe(metres);
  });

  it("is unknown unless both places are known", () => {
    const here = at(53, 6);
    expect(metresTo(shop(1, here), null)).toBeNull();
    expect(metresTo(shop(1, null), here)).toBeNull();
    expect(metresTo(shop(1), here)).toBeNull(); // stored by an older version, without a location
    expect(metresTo(shop(1, here), here)).toBe(0);
  });
});

describe("the nearest shops", () => {
  const shops = [shop(1, null), shop(2, at(54, 6)), shop(3), shop(4, at(53.1, 6)), shop(5, at(53, 6))];
  const order = (here: Location | null): number[] => nearestFirst(shops, here).map(({ id }) => id);

  it("come first, and those without a location last, in their original order", () => {
    expect(order(at(53, 6))).toEqual([5, 4, 2, 1, 3]);
  });

  it("do not come first when the position is unknown", () => {
    expect(order(null)).toEqual([1, 2, 3, 4, 5]);
  });
});

describe("a distance in words", () => {
  it.each([
    [0, "0 m"],
    [347, "350 m"],
    [994, "990 m"],
    [995, "1 km"],
    [2_112, "2,1 km"],
    [9_960, "10 km"],
    [12_500, "13 km"],
  ])("reads %d metres in Dutch", (metres, said) => {
    expect(sayDistance(metres, "nl").replace("\u00a0", " ")).toBe(said);
  });

  it.each([
    ["en", "2.1 km", "350 m"],
    ["tr", "2,1 km", "350 m"],
    ["ar", "2.1 كم", "350 مترًا"],
  ])("is in the notation of %s", (language, far, near) => {
    const said = [2_112, 350].map((metres) => sayDistance(metres, language).replace("\u00a0", " "));
    expect(said).toEqual([far, near]);
  });
});
