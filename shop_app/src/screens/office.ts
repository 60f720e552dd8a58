/** The components of the office's screens, by name. */

import About from "./About.svelte";
import Account from "./Account.svelte";
import Blocked from "./Blocked.svelte";
import Choose from "./Choose.svelte";
import Enrolled from "./Enrolled.svelte";
import EnterScan from "./EnterScan.svelte";
import EnterType from "./EnterType.svelte";
import Export from "./Export.svelte";
import OwnerPin from "./OwnerPin.svelte";
import Payment from "./Payment.svelte";
import Payouts from "./Payouts.svelte";
import PinChange from "./PinChange.svelte";
import Report from "./Report.svelte";
import Sheet from "./Sheet.svelte";
import Taken from "./Taken.svelte";
import Till from "./Till.svelte";
import TillName from "./TillName.svelte";
import Tills from "./Tills.svelte";
import TillScan from "./TillScan.svelte";
import Today from "./Today.svelte";
import Waiting from "./Waiting.svelte";
import Welcome from "./Welcome.svelte";

export const OFFICE = {
  welcome: Welcome, enter_scan: EnterScan, enter_type: EnterType, taken: Taken, choose: Choose,
  owner_pin: OwnerPin, waiting: Waiting,
  enrolled: Enrolled, blocked: Blocked, today: Today, payment: Payment, payouts: Payouts, account: Account, export: Export, report: Report,
  tills: Tills, till: Till, pin_change: PinChange, till_scan: TillScan, till_name: TillName, sheet: Sheet, about: About,
};
