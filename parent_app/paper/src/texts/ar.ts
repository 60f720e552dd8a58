/** Arabic. */

import type { CatalogueOf } from "web_shared/texts/texts";
import type { nl } from "./nl";

export const ar: CatalogueOf<typeof nl> = {
  paper_title: "ماذا بقي على الورق؟",
  paper_scan: "القراءة",
  paper_result: "ما بقي",
  paper_text: "امسح الرسالة، أو رموز البطاقة. صاحبها يشاهد معك.",
  paper_nothing: "هذه الصفحة لا تحفظ شيئاً ولا ترسل شيئاً.",
  paper_label: "الرمز، بالماسح أو مكتوباً",
  paper_hint: "يمكنك كتابة رموز الرسالة الـ36.",
  paper_look: "انظر ما بقي",
  paper_camera: "استخدم الكاميرا",
  paper_camera_off: "أوقف الكاميرا",
  paper_photo: "اختر صورة",
  paper_other: "امسح رسالة أو بطاقة. هذا رمز آخر.",
  paper_empty: "لا يوجد مال على هذه الرسالة بعد. هي رسالة فارغة، أو لم تُستخدم بعد.",
  paper_unknown: "تأكد من أن هذه الورقة من بلديتك. هي غير معروفة هنا.",
  paper_moved: "لم يبق شيء على هذه الورقة. نُقل المال إلى رسالة أخرى.",
  paper_partly: "نُقل جزء إلى رسالة أخرى. لا تراه هنا.",
  paper_where: "المشتريات",
  paper_none: "لم يُدفع بها شيء بعد.",
  paper_more: "هل على البطاقة رموز أخرى؟ امسح الرمز التالي خلال دقيقة واحدة، وإلا بدأت القراءة من جديد. هل هي بطاقة أخرى؟ اختر أولاً «تم، امسح كل شيء».",
  paper_at: "قُرئت في {time}",
  paper_time: "{date}، {time}",
  paper_print: "اطبع هذا",
  paper_done: "تم، امسح كل شيء",
  paper_codes: {
    zero: "لم يُقرأ أي رمز من البطاقة.",
    one: "قُرئ رمز واحد من البطاقة.",
    two: "قُرئ رمزان من البطاقة.",
    few: "قُرئت {count} رموز من البطاقة.",
    many: "قُرئ {count} رمزاً من البطاقة.",
    other: "قُرئ {count} رمز من البطاقة.",
  },
};
