import { cacheFiles } from "web_shared/device/file_cache";

/** Filled in by the build: the files of the app, and a version that changes with their content. */
declare const __FILES__: string[];
declare const __VERSION__: string;

/** The QR decoder; it is used to read letters, which needs a network anyway. */
const LATER = /\/(read|zxing)[^/]*$/;

cacheFiles("parent", __FILES__, __VERSION__, LATER);
