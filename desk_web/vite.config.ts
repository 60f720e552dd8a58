import { pages } from "web_shared/vite";

export default pages({ folder: "desk", entry: "src/desk.ts" });
