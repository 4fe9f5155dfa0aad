/** From now on the page works without its server; where a browser keeps no pages, only with it. */
export async function keepOffline(): Promise<void> {
  if (import.meta.env.DEV || !('serviceWorker' in navigator)) return
  await navigator.serviceWorker.register('./service-worker.js', { type: 'module' }).catch(() => undefined)
}
