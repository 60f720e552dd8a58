/** Turkish. */

import type { CatalogueOf } from "web_shared/texts/texts";
import type { nl } from "./nl";

export const tr: CatalogueOf<typeof nl> = {
  paper_title: "Kâğıtta ne kaldı?",
  paper_scan: "Okuma",
  paper_result: "Kalan",
  paper_text: "Mektubu veya kartın kodlarını tarayın. Sahibi de bakar.",
  paper_nothing: "Bu sayfa hiçbir şeyi saklamaz ve göndermez.",
  paper_label: "Kod, tarayıcıyla veya yazarak",
  paper_hint: "Bir mektubun 36 karakterini yazabilirsiniz.",
  paper_look: "Ne kaldığına bak",
  paper_camera: "Kamerayı kullan",
  paper_camera_off: "Kamerayı durdur",
  paper_photo: "Fotoğraf seç",
  paper_other: "Bir mektup veya kart tarayın. Bu başka bir kod.",
  paper_empty: "Bu mektupta henüz para yok. Boş bir mektup, veya daha kullanılmıyor.",
  paper_unknown: "Bu kâğıt belediyenizin mi, bakın. Burada bilinmiyor.",
  paper_moved: "Bu kâğıtta bir şey kalmadı. Para başka bir mektuba taşındı.",
  paper_partly: "Bir kısmı başka bir mektuba taşındı. Onu burada görmezsiniz.",
  paper_where: "Harcamalar",
  paper_none: "Henüz bununla ödeme yapılmadı.",
  paper_more: "Kartta başka kod var mı? Sonrakini 1 dakika içinde tarayın, yoksa baştan başlar. Başka bir kart mı? Önce ‘Bitti, hepsini sil’ düğmesini seçin.",
  paper_at: "Okundu: {time}",
  paper_time: "{date}, {time}",
  paper_print: "Bunu yazdır",
  paper_done: "Bitti, hepsini sil",
  paper_codes: {
    one: "Karttan {count} kod okundu.",
    other: "Karttan {count} kod okundu.",
  },
};
