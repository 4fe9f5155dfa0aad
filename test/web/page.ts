import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { chromium, type Browser, type Page } from 'playwright-core'
import { browserFile } from '../browser-file.ts'

export { browserFile }

const root = join(import.meta.dirname, '..', '..')

export interface OpenedPage {
  readonly page: Page
  /** What the browser complained of, and what was asked for from elsewhere: to be empty at the end. */
  readonly complaints: readonly string[]
}

export interface PageOptions {
  readonly width?: number
  readonly height?: number
  readonly theme?: 'light' | 'dark'
  /** After the address of the page; a fragment, such as `#report`, in place of its own. */
  readonly at?: string
  /** Such as the microphone. */
  readonly permissions?: readonly string[]
  /** As where a graphics driver is missing. */
  readonly withoutWebGl?: boolean
}

const WITHOUT_WEBGL = `
  const own = HTMLCanvasElement.prototype.getContext
  HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
    return /^web(gl|gpu)/.test(kind) ? null : own.call(this, kind, ...rest)
  }
`

/** `boardless view`, serving to a real browser. */
export class Site {
  private constructor(
    readonly url: string,
    private readonly server: ReturnType<typeof spawn>,
    private readonly browser: Browser,
  ) {}

  /** @param args of `view`, such as a file */
  static start(...args: readonly string[]): Promise<Site> {
    return Site.startWith({}, ...args)
  }

  /** @param env beside what there is */
  static async startWith(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Site> {
    const server = spawn(process.execPath, [join(root, 'dist', 'cli', 'main.js'), 'view', ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
    })
    const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]()
    const { value: url } = (await lines.next()) as IteratorResult<string, undefined>
    if (url === undefined) throw new Error(`view ended with ${server.exitCode}`)
    const browser = await chromium.launch({
      executablePath: browserFile ?? '',
      // Its own sandbox needs what containers do not give; WebGL is drawn in software, and a microphone beeps.
      args: [
        ...['--no-sandbox', '--enable-unsafe-swiftshader', '--use-gl=angle', '--use-angle=swiftshader'],
        ...['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
      ],
      timeout: 0,
    })
    return new Site(url, server, browser)
  }

  /** A page of its own, with nothing remembered. */
  async open({
    width = 1440,
    height = 900,
    theme = 'light',
    at = '',
    permissions = [],
    withoutWebGl,
  }: PageOptions = {}): Promise<OpenedPage> {
    const context = await this.browser.newContext({
      viewport: { width, height },
      colorScheme: theme,
      permissions: [...permissions],
    })
    if (withoutWebGl === true) await context.addInitScript({ content: WITHOUT_WEBGL })
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()))
        complaints.push(`${message.type()}: ${message.text()}`)
    })
    page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`))
    page.on('request', (request) => {
      const asked = request.url()
      if (!asked.startsWith(new URL('/', this.url).href) && !/^(blob|data):/.test(asked))
        complaints.push(`asked for ${asked}`)
    })
    await page.goto(at.startsWith('#') ? new URL(at, this.url).href : `${this.url}${at}`)
    return { page, complaints }
  }

  async close(): Promise<void> {
    await this.browser.close()
    this.server.kill('SIGINT')
  }
}
