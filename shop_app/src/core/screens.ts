/** The names of all screens: of selling, and of the office. */

export type SellingScreen = "amount" | "scan" | "type" | "verdict" | "receipt" | "how" | "practice" | "settings";

export type OfficeScreen =
  | "welcome" | "enter_scan" | "enter_type" | "taken" | "choose" | "owner_pin" | "waiting" | "enrolled" | "blocked"
  | "today" | "payment" | "payouts" | "account" | "export" | "report"
  | "tills" | "till" | "pin_change" | "till_scan" | "till_name" | "sheet" | "about";

export type Screen = SellingScreen | OfficeScreen;
