/** Keeps the page, so that it works without its server once it was loaded. */
export {}

/** Of this build, written here by vite.config.ts: a name for them all, and their paths. */
declare const BUILT_VERSION: string
declare const BUILT_FILES: readonly string[]

const scope = globalThis as unknown as {
  addEventListener(name: 'install' | 'activate', listener: (event: ExtendableEvent) => void): void
  addEventListener(name: 'fetch', listener: (event: FetchEvent) => void): void
  skipWaiting(): Promise<void>
  readonly clients: { claim(): Promise<void> }
  readonly registration: { readonly scope: string }
}

interface ExtendableEvent {
  waitUntil(work: Promise<unknown>): void
}

interface FetchEvent extends ExtendableEvent {
  readonly request: Request
  respondWith(response: Promise<Response>): void
}

const PREFIX = 'boardless-'
const CACHE = `${PREFIX}${BUILT_VERSION}`

scope.addEventListener('install', (event) => {
  const keep = async (): Promise<void> => {
    const cache = await caches.open(CACHE)
    await cache.addAll(['./', ...BUILT_FILES])
    // A page without apps has no list of them.
    await cache.add('./apps/apps.json').catch(() => undefined)
    await scope.skipWaiting()
  }
  event.waitUntil(keep())
})

scope.addEventListener('activate', (event) => {
  const forget = async (): Promise<void> => {
    for (const name of await caches.keys())
      if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name)
    await scope.clients.claim()
  }
  event.waitUntil(forget())
})

scope.addEventListener('fetch', (event) => {
  const { request } = event
  const path = request.url.startsWith(scope.registration.scope)
    ? request.url.slice(scope.registration.scope.length).split(/[?#]/)[0]
    : undefined
  // What somebody named on the command line is theirs, and read anew each time.
  if (request.method !== 'GET' || path === undefined || path.startsWith('given/')) return
  event.respondWith(path.startsWith('assets/') ? keptFirst(request) : serverFirst(request))
})

/** Their names change with what is in them. */
const keptFirst = async (request: Request): Promise<Response> =>
  (await caches.match(request)) ?? fetch(request)

async function serverFirst(request: Request): Promise<Response> {
  try {
    const response = await fetch(request)
    if (response.ok) await (await caches.open(CACHE)).put(request, response.clone())
    return response
  } catch (cause) {
    const kept = await caches.match(request, { ignoreSearch: true })
    if (kept) return kept
    throw cause
  }
}
