import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const pages = [
  'README.md',
  'ARCHITECTURE.md',
  ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`),
]

it.each(pages.filter((name) => name.endsWith('.md')))('%s links to what is there', (page) => {
  const text = readFileSync(join(root, page), 'utf8')
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target.replace(/#.*$/, ''))
  const missing = targets.filter(
    (target) => target !== '' && !/^[a-z]+:/.test(target) && !existsSync(join(root, dirname(page), target)),
  )
  expect(missing).toEqual([])
})
