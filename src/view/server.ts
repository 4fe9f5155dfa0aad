import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { readFile } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { ExitCode, UserError } from '../../runs/errors.ts'

/** What is answered with. */
export type Found = { readonly file: string } | { readonly text: string } | { readonly bytes: Uint8Array }

/** A file on this machine that the page may ask for by a path of ours. */
export interface Served {
  /** What the page is made of. */
  readonly root: string
  /** What else there is, by path without the first slash; undefined for nothing. */
  readonly find: (path: string) => Promise<Found | undefined>
}

const LOOPBACK = '127.0.0.1'

/** As in web/index.html, and that nobody may frame it. */
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; font-src 'self'; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.csv': 'text/csv; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
}

/**
 * Serves the page on this machine alone.
 * @param port 0 for any that is free
 * @throws UserError where the port is taken
 */
export async function serve(
  served: Served,
  port: number,
): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer((request, response) => {
    answer(served, request, response).catch((cause: unknown) => {
      const known = cause instanceof UserError
      reply(response, known ? 422 : 500, known ? cause.message : 'boardless could not answer that')
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === 'EADDRINUSE' || cause.code === 'EACCES'
      reject(
        taken
          ? new UserError(
              `--port ${port}: it is taken, or not for you. Give another, or none.`,
              ExitCode.badInput,
              {
                cause,
              },
            )
          : cause,
      )
    })
    server.listen(port, LOOPBACK, resolve)
  })
  const bound = server.address()
  return { url: `http://${LOOPBACK}:${typeof bound === 'object' && bound ? bound.port : port}/`, server }
}

async function answer(served: Served, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const refused = refusalOf(request)
  if (refused) {
    reply(response, ...refused)
    return
  }
  const path = pathOf(request.url ?? '/') ?? ''
  const name = path === '' ? 'index.html' : path
  const own = join(served.root, name)
  const found = (await served.find(path)) ?? (own.startsWith(served.root + sep) ? { file: own } : undefined)
  const body = found && (await bodyOf(found))
  if (body === undefined) {
    reply(response, 404, 'there is no such file')
    return
  }
  response.writeHead(200, {
    ...headers,
    'content-type': types[extname(name)] ?? 'application/octet-stream',
    'content-length': Buffer.byteLength(body),
    // Names of assets have their hash in them.
    'cache-control': name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

const bodyOf = async (found: Found): Promise<string | Uint8Array | undefined> => {
  if ('text' in found) return found.text
  return 'bytes' in found ? found.bytes : readFile(found.file).catch(() => undefined)
}

/** Why a request is not answered. */
function refusalOf({
  method = '',
  headers: { host = '' },
  url = '/',
}: IncomingMessage): [status: number, why: string] | undefined {
  if (!['GET', 'HEAD'].includes(method)) return [405, 'only GET and HEAD']
  // By another name for this machine it is a page of somebody else's that wants to read from it.
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host))
    return [403, 'asked for by a name that is not for this']
  return pathOf(url) === undefined ? [400, 'not a path'] : undefined
}

function pathOf(url: string): string | undefined {
  try {
    const path = decodeURIComponent(new URL(url, 'http://localhost').pathname).slice(1)
    return path.includes('\0') || path.split(/[/\\]/).includes('..') ? undefined : path
  } catch {
    return undefined
  }
}

const headers = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

function reply(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { ...headers, 'content-type': 'text/plain; charset=utf-8' })
  response.end(`${message}\n`)
}
