import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig, type Plugin } from 'vite'

const root = import.meta.dirname
const WORKER = 'service-worker'

/** Tells the service worker what there is to keep: everything that was built, under a name that changes with it. */
const keptFiles = (): Plugin => ({
  name: 'kept-files',
  generateBundle(_, bundle) {
    const pieces = Object.values(bundle).filter(({ fileName }) => fileName !== `${WORKER}.js`)
    const hash = createHash('sha256')
    for (const piece of pieces.sort((a, b) => (a.fileName < b.fileName ? -1 : 1)))
      hash.update(piece.fileName).update(piece.type === 'chunk' ? piece.code : piece.source)
    const publicFiles = readdirSync(join(root, 'public'))
    for (const name of publicFiles) hash.update(readFileSync(join(root, 'public', name)))
    const files = [...pieces.map(({ fileName }) => fileName), ...publicFiles].filter(
      (name) => name !== 'index.html',
    )
    const worker = bundle[`${WORKER}.js`]
    if (worker?.type !== 'chunk') return
    worker.code = worker.code
      .replace('BUILT_VERSION', JSON.stringify(hash.digest('hex').slice(0, 16)))
      .replace('BUILT_FILES', JSON.stringify(files))
  },
})

/** The page: static files that any web server may have, below any path. */
export default defineConfig({
  root,
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [keptFiles()],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    // Nothing inlined: the content security policy has no data: for fonts and workers.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: join(root, 'index.html'), [WORKER]: join(root, 'offline', `${WORKER}.ts`) },
      // Whose scope is the folder it is in.
      output: { entryFileNames: ({ name }) => (name === WORKER ? '[name].js' : 'assets/[name]-[hash].js') },
    },
  },
  worker: { format: 'es' },
})
