import { onePage } from "web_shared/one_page";

export default onePage({ folder: "desk", page: "brieven.html" });
