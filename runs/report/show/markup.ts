const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text in Markdown: nothing in a name or a path is markup. */
export const plainMarkdown = (text: string): string =>
  text
    .replace(/[\\`*_[\]|~<>#]/g, '\\$&')
    .replace(/&(?=#?\w+;)/g, '&amp;')
    .replaceAll('\n', '<br>')

/** Text as the content of an element of HTML or SVG, or of a quoted attribute. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
