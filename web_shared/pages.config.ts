import { sharedFiles } from "./vite.ts";

export default sharedFiles();
