/** Keeps the screen on while a code is shown. */

/** @returns a function that releases the screen wake lock */
export function keepAwake(): () => void {
  let sentinel: WakeLockSentinel | null = null;
  let wanted = true;
  const ask = async (): Promise<void> => {
    if (!wanted || document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
    sentinel = await navigator.wakeLock.request("screen").catch(() => null);
    if (!wanted) await sentinel?.release();
  };
  const again = (): void => void ask();
  document.addEventListener("visibilitychange", again);
  void ask();
  return () => {
    wanted = false;
    document.removeEventListener("visibilitychange", again);
    void sentinel?.release();
  };
}
