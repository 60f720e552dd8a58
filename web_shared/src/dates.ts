/** Days as they are in the Netherlands, in the language of the parent. */

const TIME_ZONE = "Europe/Amsterdam";
const DAY_SECONDS = 86_400;

export function day(seconds: number, language: string): string {
  return format(seconds, language, { day: "numeric", month: "long", year: "numeric" });
}

export function dayAndTime(seconds: number, language: string): string {
  return format(seconds, language, { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });
}

/** The last day on which something that closes at this moment is open. */
export function lastDay(closes: number, language: string): string {
  return day(closes - 1, language);
}

/** Whole days from today to the last day; 0 when today is the last. */
export function daysLeft(closes: number, now: number): number {
  return dayNumber(closes - 1) - dayNumber(now);
}

export function minutesAndSeconds(seconds: number): string {
  const rest = Math.max(0, seconds);
  return `${Math.floor(rest / 60)}:${String(rest % 60).padStart(2, "0")}`;
}

function dayNumber(seconds: number): number {
  const parts = formatter("en-CA", {}).format(seconds * 1000);
  return Math.round(Date.parse(`${parts}T00:00:00Z`) / 1000 / DAY_SECONDS);
}

function format(seconds: number, language: string, how: Intl.DateTimeFormatOptions): string {
  return formatter(language === "ar" ? "ar-u-nu-latn" : language, how).format(seconds * 1000);
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** To make one takes a cheap phone longer than to draw a screen. */
function formatter(locale: string, how: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = locale + JSON.stringify(how);
  const made = formatters.get(name) ?? new Intl.DateTimeFormat(locale, { ...how, timeZone: TIME_ZONE });
  formatters.set(name, made);
  return made;
}
