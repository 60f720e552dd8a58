import { cacheFiles } from "web_shared/device/file_cache";

/** Filled in by the build: every file of the app, and another version when one of them changed. */
declare const __FILES__: string[];
declare const __VERSION__: string;

cacheFiles("shop", __FILES__, __VERSION__);
