/** The oldest browsers that the apps are built for. */

import { browserslist } from "../../package.json";

/** Their versions by name, for texts. */
export const OLDEST = Object.fromEntries(browserslist.map((each) => each.split(" >= ") as [string, string]));
