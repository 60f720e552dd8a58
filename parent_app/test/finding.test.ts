/** Finding a shop: search that forgives a typing mistake, everyday kinds, the way there. */

import { describe, expect, it } from "vitest";
import { nearlyMatches } from "web_shared/search";
import { KINDS, kindsAmong, kindsOf } from "../src/core/kinds";
import type { Shop } from "../src/core/model";
import type { Device } from "web_shared/device/ios";
import { routeTo } from "../src/core/near";
import { searchedText, searchShops } from "../src/core/shops";

const CATEGORIES = [
  { name: "bicycles", dutch: "Winkels in fietsen en bromfietsen", translations: {} },
  { name: "books", dutch: "Winkels in boeken", translations: {} },
  { name: "toys", dutch: "Winkels in speelgoed", translations: {} },
];

function shop(id: number, name: string, categories: string[], changes: Partial<Shop> = {}): Shop {
  return { id, name, address: "", location: null, phone: "", openingHours: "", examples: "", categories, permitted: true, ...changes };
}

const WHEELS = shop(1, "De Trapper", ["bicycles"]);
const BOOKS = shop(2, "Boekhandel Zuid", ["books", "toys"], { examples: "Atlas en rekenmachine" });
const TOYS = shop(3, "Flesjes en Zo", ["toys"]);
const SHOPS = [WHEELS, BOOKS, TOYS];

function find(words: string, kind: Parameters<typeof searchShops>[2] = null): string[] {
  return searchShops(SHOPS, words, kind, (each) => searchedText(each, CATEGORIES as never, "nl")).map(({ name }) => name);
}

describe("a search of shops", () => {
  it.each([
    ["a wrong letter", "fietz"],
    ["a wrong letter in the middle", "fiezsen"],
    ["a letter missing", "fitsen"],
    ["a letter too many", "fiettsen"],
    ["two letters that changed places", "feitsen"],
    ["capitals and an accent", "FÍETZ"],
  ])("forgives %s", (_what, words) => {
    expect(find(words)).toEqual(["De Trapper"]);
  });

  it.each([
    ["a word of three letters with a mistake", "fiz"],
    ["two mistakes in five letters", "fuetz"],
    ["one word of two that is there", "fietz schaatsen"],
    ["the end of a word only", "etzen"],
  ])("does not find %s", (_what, words) => {
    expect(find(words)).toEqual([]);
  });

  it("forgives nothing while there are shops that match", () => {
    expect(find("fles")).toEqual(["Flesjes en Zo"]);
    expect(find("speelgoed")).toEqual(["Boekhandel Zuid", "Flesjes en Zo"]);
    expect(find("boek")).toEqual(["Boekhandel Zuid"]);
  });

  it("looks in the examples of what one can buy", () => {
    expect(find("rekenmasjine")).toEqual(["Boekhandel Zuid"]);
  });

  it("is within the kind that was chosen", () => {
    expect(find("", "toys")).toEqual(["Boekhandel Zuid", "Flesjes en Zo"]);
    expect(find("boek", "bicycles")).toEqual([]);
    expect(find("fietz", "toys")).toEqual([]);
  });

  it("forgives one mistake for each four letters", () => {
    expect(nearlyMatches("muziekinstrumenten", "musiekinstrumemten")).toBe(true);
    expect(nearlyMatches("muziek", "musiec")).toBe(false);
  });
});

describe("a kind of shop", () => {
  it("is one of eight", () => {
    expect(KINDS).toHaveLength(8);
  });

  it("has each shop once, and shows only if a shop has it", () => {
    expect(kindsOf(shop(4, "Kleding", ["shoes", "clothing", "childrens_clothing"]))).toEqual(["clothes"]);
    expect(kindsOf(shop(5, "Slijterij", ["off_licences"]))).toEqual([]);
    expect(kindsAmong(SHOPS)).toEqual(["bicycles", "school", "toys"]);
  });
});

describe("the way to a shop", () => {
  const placed = shop(6, "Hier", [], { address: "Weg 1, Dorp", location: { latitude: 53.2, longitude: 6.5 } });
  const written = shop(7, "Daar", [], { address: "Weg 1, Dorp" });
  const device = (userAgent: string, maxTouchPoints: number): Device => ({ userAgent, maxTouchPoints });
  const [ANDROID, IPHONE] = [device("X Android 15", 5), device("X iPhone OS", 5)];
  const [IPAD, MAC, DESK] = [device("X Macintosh", 5), device("X Macintosh", 0), device("X Windows NT", 10)];

  it.each([
    [placed, ANDROID, "geo:53.2,6.5?q=53.2%2C6.5"],
    [placed, IPHONE, "https://maps.apple.com/?daddr=53.2%2C6.5"],
    [placed, DESK, "https://www.openstreetmap.org/search?query=53.2%2C6.5"],
    [placed, IPAD, "https://maps.apple.com/?daddr=53.2%2C6.5"],
    [placed, MAC, "https://www.openstreetmap.org/search?query=53.2%2C6.5"],
    [written, ANDROID, "geo:0,0?q=Weg%201%2C%20Dorp"],
    [written, IPHONE, "https://maps.apple.com/?daddr=Weg%201%2C%20Dorp"],
    [written, DESK, "https://www.openstreetmap.org/search?query=Weg%201%2C%20Dorp"],
  ])("of %o for %s", (to, on, link) => {
    expect(routeTo(to, on)).toBe(link);
  });

  it("is unknown without a place", () => {
    expect(routeTo(WHEELS, ANDROID)).toBeNull();
  });
});
