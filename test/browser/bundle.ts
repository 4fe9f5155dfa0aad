import { resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..', '..')

/**
 * Bundles an entry for a browser: one file, `start.js`.
 * @param minify as the page is
 * @returns modules that are Node's own, which a browser has not
 */
export async function bundled(entry: string, outDir: string, minify = false): Promise<readonly string[]> {
  const { build } = await import('vite')
  const ofNode = new Set<string>()
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      outDir,
      emptyOutDir: false,
      minify,
      lib: { entry, formats: ['es'], fileName: () => 'start.js' },
    },
    plugins: [
      {
        name: 'what is of Node',
        generateBundle(_, chunks) {
          for (const chunk of Object.values(chunks))
            if (chunk.type === 'chunk')
              for (const id of [...chunk.imports, ...Object.keys(chunk.modules)])
                if (/^node:|browser-external/.test(id)) ofNode.add(id)
        },
      },
    ],
  })
  return [...ofNode]
}
