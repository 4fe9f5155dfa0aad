import { mkdtempSync, rmSync, writeFileSync } from 'fs'
import { HtmlValidate } from 'html-validate'
import { tmpdir } from 'os'
import { join } from 'path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { pathToFileURL } from 'url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browserFile } from '../../../test/browser-file.ts'
import type { LabReport } from '../../../runs/lab-report/lab-report.ts'
import { renderFrontierSvg } from './charts/frontier.ts'
import { renderLabHtml } from './html.ts'
import { hostileReport } from './testing/hostile.ts'
import { testingDesktop, testingReport } from './testing/report.ts'

let page = ''
let hostilePage = ''

beforeAll(async () => {
  page = await renderLabHtml(testingReport, testingDesktop)
  hostilePage = await renderLabHtml(hostileReport, null)
})

describe('lab.html', () => {
  it('is the same to the byte, whatever was drawn before', async () => {
    await renderLabHtml({ ...testingReport, techniques: testingReport.techniques.slice(2, 4) }, null)
    expect(await renderLabHtml(testingReport, testingDesktop)).toBe(page)
  })

  it('is valid HTML, by html-validate', async () => {
    const validator = new HtmlValidate({
      extends: ['html-validate:recommended', 'html-validate:document'],
      rules: {
        // echarts writes the attributes of SVG elements as styles.
        'no-inline-style': 'off',
        'long-title': 'off',
        'void-style': 'off',
        'svg-focusable': 'off',
      },
    })
    for (const made of [page, hostilePage]) {
      const { results } = await validator.validateString(made)
      const messages = results.flatMap((one) => one.messages)
      expect(messages.map(({ ruleId, message, line }) => `${line} ${ruleId}: ${message}`)).toEqual([])
    }
  })

  it('has no script and names nothing from elsewhere', () => {
    for (const made of [page, hostilePage]) {
      expect(made).not.toMatch(
        /<script|<link(?! rel="icon" href="data:,")|<iframe|<object|<img|@import|url\((?!#)/,
      )
      expect(made.match(/(?:href|src|srcset)="(?!#|data:,)[^"]*"/g)).toBeNull()
    }
  })

  it('shows names as they are, not as markup', () => {
    expect(hostilePage).toContain('&lt;img src=x onerror=alert(1)&gt;')
    expect(hostilePage).not.toContain('<img')
    expect(hostilePage.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u)
  })

  it('has every claim, note, table and figure', () => {
    for (const { claims, notes, tables, charts, command } of testingReport.techniques) {
      expect(page).toContain(command)
      for (const { because } of claims) expect(text(page)).toContain(plain(because))
      for (const note of notes) expect(text(page)).toContain(plain(note))
      for (const { title } of [...tables, ...charts]) expect(text(page)).toContain(plain(title))
    }
    const plots = testingReport.techniques.reduce((sum, { charts }) => sum + charts.length, 0) + 2
    expect(page.match(/<svg[^>]* role="img"/g)).toHaveLength(2 * plots)
    expect(page.match(/<figure>/g)).toHaveLength(plots)
  })

  it('is made of a lab without configurations, claims and recommendation', async () => {
    const empty: LabReport = { ...testingReport, techniques: [], configurations: [], recommendation: null }
    const made = await renderLabHtml(empty, null)
    expect(made).toContain('None: no configuration is within the limits')
    expect(made).not.toContain('id="frontier"')
    expect(await renderFrontierSvg(empty)).toBeNull()
  })
})

describe('frontier.svg', () => {
  it('stands alone and is the same every time', async () => {
    const made = await renderFrontierSvg(testingReport)
    expect(made).toMatch(
      /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"[^]*prefers-color-scheme:dark[^]*<\/svg>\n$/,
    )
    expect(await renderFrontierSvg(testingReport)).toBe(made)
  })
})

/** Without markup, entities and the page's own spaces and signs. */
const text = (html: string): string =>
  plain(
    html
      .replace(/<[^>]*>/g, '')
      .replaceAll('&#39;', "'")
      .replaceAll('&quot;', '"')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&'),
  )
const plain = (words: string): string =>
  words
    .replace(/[\s\u202f\u00a0]+/g, ' ')
    .replaceAll('×', 'x')
    .replaceAll('µ', 'u')

describe.skipIf(browserFile === undefined)(
  'lab.html in a browser (where there is none: not checked; apt-get install chromium-headless-shell)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'boardless-lab-page-'))
    let browser: Browser

    beforeAll(async () => {
      // Chromium's own sandbox needs what containers do not give.
      browser = await chromium.launch({
        executablePath: browserFile ?? '',
        args: ['--no-sandbox'],
        timeout: 0,
      })
      writeFileSync(join(folder, 'lab.html'), page)
      writeFileSync(join(folder, 'hostile.html'), hostilePage)
    })
    afterAll(async () => {
      await browser.close()
      rmSync(folder, { recursive: true })
    })

    async function open(
      file: string,
      width: number,
      scheme: 'light' | 'dark',
      look: (page: Page) => Promise<void>,
    ) {
      const context = await browser.newContext({
        viewport: { width, height: 900 },
        colorScheme: scheme,
        offline: true,
      })
      context.setDefaultTimeout(0) // of a test, there is one limit: vitest's
      const shown = await context.newPage()
      const heard: string[] = []
      shown.on('console', (message) => heard.push(message.text()))
      shown.on('pageerror', (error) => heard.push(String(error)))
      shown.on('dialog', (dialog) => heard.push(dialog.message()))
      shown.on('request', (request) => {
        if (!/^(?:file|data):/.test(request.url())) heard.push(request.url())
      })
      await shown.goto(pathToFileURL(join(folder, file)).href)
      await look(shown)
      expect(heard).toEqual([])
      await context.close()
    }

    it.each([
      ['lab.html', 1280, 'light'],
      ['lab.html', 1280, 'dark'],
      ['lab.html', 375, 'dark'],
      ['hostile.html', 1280, 'light'],
      ['hostile.html', 375, 'light'],
    ] as const)(
      '%s at %i pixels, %s: fits, asks for nothing, no lettering over another',
      async (file, width, scheme) => {
        await open(file, width, scheme, async (shown) => {
          const overflow = await shown.evaluate(
            'document.documentElement.scrollWidth - document.documentElement.clientWidth',
          )
          expect(overflow).toBe(0)
          expect(await shown.evaluate(overlaps)).toEqual([])
          const colour = await shown.evaluate('getComputedStyle(document.body).backgroundColor')
          expect(colour).toBe(scheme === 'light' ? 'rgb(246, 247, 249)' : 'rgb(16, 19, 22)')
        })
      },
    )

    it('has readable contrast between words and ground in both schemes', async () => {
      for (const scheme of ['light', 'dark'] as const)
        await open('lab.html', 1280, scheme, async (shown) => {
          expect(await shown.evaluate(faint)).toEqual([])
        })
    })
  },
)

/** In the page: labels of one plot that lie over each other, or outside it. */
const overlaps = `[...document.querySelectorAll('svg[role=img]')].flatMap((svg) => {
  const frame = svg.getBoundingClientRect()
  if (frame.width === 0) return []
  const boxes = [...svg.querySelectorAll('text')].map((one) => ({ text: one.textContent, box: one.getBoundingClientRect() }))
  const out = boxes
    .filter(({ box }) => box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1)
    .map(({ text }) => svg.querySelector('title').textContent + ': outside: ' + text)
  const over = boxes.flatMap((a, index) =>
    boxes.slice(index + 1)
      .filter((b) => Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left) > 1 &&
        Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top) > 3)
      .map((b) => svg.querySelector('title').textContent + ': ' + a.text + ' over ' + b.text))
  return [...out, ...over]
})`

/** In the page: pairs of colours below the 4.5 to 1 that WCAG 2.1, 1.4.3 asks for. */
const faint = `(() => {
  const style = getComputedStyle(document.documentElement)
  const light = (name) => {
    const hex = style.getPropertyValue('--' + name).trim()
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const ratio = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05)
  const grounds = ['page', 'panel', 'code', 'holds-back']
  const pairs = [
    ...['text', 'muted', 'link'].flatMap((one) => grounds.slice(0, 2).map((ground) => [one, ground])),
    ['text', 'code'], ['text', 'holds-back'], ['muted', 'holds-back'],
    ...['holds', 'depends', 'does-not-hold'].map((one) => [one, one + '-back']),
  ]
  return pairs.filter(([a, b]) => ratio(a, b) < 4.5).map(([a, b]) => a + ' on ' + b + ': ' + ratio(a, b).toFixed(2))
})()`
