/** The props of every screen: the app, its view state, and the texts. */

import type { App } from "./core/app";
import type { View } from "./core/state";
import type { Words } from "./texts";

export interface Drawn {
  app: App;
  view: View;
  words: Words;
}
