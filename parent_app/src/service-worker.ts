import { cacheFiles } from "web_shared/device/file_cache";

/** Filled in by the build: every file of the app, and another version when one of them changed. */
declare const __FILES__: string[];
declare const __VERSION__: string;

/** Reads a letter's QR, for which there must be a network anyway. */
const LATER = /\/(read|zxing)[^/]*$/;

cacheFiles("parent", __FILES__, __VERSION__, LATER);
