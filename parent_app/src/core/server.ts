/** The app's requests to the server. Only a move tells anything of a letter. */

import { mapErrors } from "web_shared/api/map_errors";
import type { Category } from "web_shared/categories";
import { fetchHelp, type Help } from "web_shared/help";
import { LetterServer } from "web_shared/letter/server";
import type { Shop } from "./model";

export class Server extends LetterServer {
  async shops(scheme: number): Promise<Shop[]> {
    const shops = await mapErrors(this.api.get("/shops", { query: { scheme } }));
    return shops.map((shop) => ({ ...shop, permitted: shop.permitted === true }));
  }

  async categories(): Promise<Category[]> {
    const found = await mapErrors(this.api.get("/categories", {}));
    return found.map(({ name, dutch, translations }) => ({ name, dutch, translations }));
  }

  help(): Promise<Help> {
    return fetchHelp(this.api);
  }
}
