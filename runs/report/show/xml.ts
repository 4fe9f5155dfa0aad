/** What XML 1.0 cannot have at all is left out. */
const possible = (value: string): string =>
  value.replace(/[^\P{Cc}\t\n\r\u007f-\u009f]|\p{Cs}|[\ufffe\uffff]/gu, '')

export const xmlText = (value: string): string =>
  possible(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

export const xmlAttribute = (value: string): string =>
  xmlText(value)
    .replaceAll('"', '&quot;')
    .replace(/[\t\r\n]/g, ' ')
