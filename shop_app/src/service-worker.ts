import { cacheFiles } from "web_shared/device/file_cache";

/** Filled in by the build: the files of the app, and a version that changes with their content. */
declare const __FILES__: string[];
declare const __VERSION__: string;

cacheFiles("shop", __FILES__, __VERSION__);
