/** Whether the browser makes and stores keys on this page: it does on a page that came by https, or from this machine. */
export function hasCryptography(): boolean {
  return isSecureContext && crypto.subtle !== undefined;
}
