import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import type { Site } from './page.ts'

/** What axe finds, each rule with the elements that break it: to be empty. */
export async function axeFinds(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

/** Of what is at an address, in light on a desk and in dark on a phone: what axe finds, and what is wider than the window. */
export async function wrongAt(site: Site, at: string): Promise<readonly string[]> {
  const wrong: string[] = []
  for (const [theme, width] of [
    ['light', 1440],
    ['dark', 390],
  ] as const) {
    const { page } = await site.open({ at, theme, width })
    await page.getByRole('table').first().waitFor()
    wrong.push(...(await axeFinds(page)))
    const wide = await page.evaluate('document.documentElement.scrollWidth')
    if (wide !== width) wrong.push(`it is ${String(wide)} pixels wide in a window of ${width}`)
  }
  return wrong
}
