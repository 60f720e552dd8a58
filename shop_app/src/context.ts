/** What every screen gets: the app, what to draw, and the words. */

import type { App } from "./core/app";
import type { View } from "./core/state";
import type { Words } from "./texts";

export interface Drawn {
  app: App;
  view: View;
  words: Words;
}
