/** The screens that a first visit does not begin with: a chunk of its own, so that the others are there sooner. */

import "../styles/paying.css";
import "../styles/shops.css";
import { addDutch } from "../texts";
import { later as texts } from "../texts/nl/later";
import Amount from "./Amount.svelte";
import Code from "./Code.svelte";
import Filled from "./Filled.svelte";
import Filling from "./Filling.svelte";
import Install from "./Install.svelte";
import Lost from "./Lost.svelte";
import Move from "./Move.svelte";
import Moved from "./Moved.svelte";
import Moving from "./Moving.svelte";
import Pin from "./Pin.svelte";
import Receipt from "./Receipt.svelte";
import Scan from "./Scan.svelte";
import Settings from "./Settings.svelte";
import Shops from "./Shops.svelte";
import Spent from "./Spent.svelte";
import Type from "./Type.svelte";
import Unlock from "./Unlock.svelte";

addDutch(texts);

export const later = {
  scan: Scan, type: Type, amount: Amount, code: Code, receipt: Receipt, spent: Spent, shops: Shops,
  settings: Settings, move: Move, moving: Moving, moved: Moved, lost: Lost, filling: Filling, filled: Filled, pin: Pin, unlock: Unlock,
  install: Install,
};
