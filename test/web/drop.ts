import type { Page } from 'playwright-core'

/** Drops a file on the page, as a hand does. */
export async function dropFile(page: Page, name: string, bytes: Uint8Array): Promise<void> {
  const data = await page.evaluateHandle(`{
    const text = atob(${JSON.stringify(Buffer.from(bytes).toString('base64'))})
    const transfer = new DataTransfer()
    transfer.items.add(new File([Uint8Array.from(text, (one) => one.charCodeAt(0))], ${JSON.stringify(name)}))
    transfer
  }`)
  await page.dispatchEvent('body', 'drop', { dataTransfer: data })
}
