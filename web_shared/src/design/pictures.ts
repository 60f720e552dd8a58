/** Our own pictures, as SVG that follows the tokens of the page. */

import code from "./pictures/code.svg?raw";
import letter from "./pictures/letter.svg?raw";
import moneyBack from "./pictures/money-back.svg?raw";
import shop from "./pictures/shop.svg?raw";

export const PICTURES = { letter, code, shop, "money-back": moneyBack };
export type PictureName = keyof typeof PICTURES;
