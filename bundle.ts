import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { defineConfig, type Plugin } from 'vite'
import type * as Cpu from './emulator/cpu/cpu.ts'
import type * as Interpreter from './emulator/cpu/engine/interpreter.ts'
import type * as TimingChoice from './runs/simulation/timing-choice.ts'
import type { Built } from './src/built.ts'
import type * as Fingerprint from './src/lab/engine/fingerprint.ts'

const compiled = join(import.meta.dirname, 'dist')
const load = async <Module>(file: string): Promise<Module> =>
  (await import(pathToFileURL(join(compiled, file)).href)) as Module

const { emitInterpreter, interpreterKey } = await load<typeof Interpreter>(
  'emulator/cpu/engine/interpreter.js',
)
const { interpreterOptions } = await load<typeof Cpu>('emulator/cpu/cpu.js')
const { timingOf } = await load<typeof TimingChoice>('runs/simulation/timing-choice.js')
const { sourceDigests } = await load<typeof Fingerprint>('src/lab/engine/fingerprint.js')

/** Runs with their profile, without it, with calls; and with memory that never makes the processor wait. */
const emitted = [
  { profile: true },
  { profile: false },
  { profile: true, branches: true },
  { profile: true, timing: timingOf({ timing: 'zero-wait' }) },
].map((run) => {
  const options = interpreterOptions(run)
  return { key: interpreterKey(options), bytes: emitInterpreter(options) }
})
const demangler = readFileSync(fileURLToPath(import.meta.resolve('gecko-profiler-demangle/index_bg.wasm')))

const nameOf = (name: string, bytes: Uint8Array): string =>
  `${name}-${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}.wasm`

const built: Built = {
  interpreters: Object.fromEntries(emitted.map(({ key, bytes }) => [key, nameOf('interpreter', bytes)])),
  demangler: nameOf('demangler', demangler),
  sources: sourceDigests(),
}

const bytesBeside = (): Plugin => ({
  name: 'bytes-beside',
  generateBundle() {
    for (const { bytes } of emitted)
      this.emitFile({ type: 'asset', fileName: nameOf('interpreter', bytes), source: bytes })
    this.emitFile({ type: 'asset', fileName: built.demangler, source: demangler })
  },
})

const flat = (file: string): string =>
  relative(join(compiled, 'src'), file).replace(/\.js$/, '').split(sep).join('-')

/** Scripts of threads are bundled too, and whoever starts one finds it beside itself. */
const threads = (): Plugin => ({
  name: 'threads',
  transform(code, id) {
    if (!id.startsWith(compiled)) return undefined
    return code.replace(/new URL\('(\.\/[\w-]+\.js)', import\.meta\.url\)/g, (_, script: string) => {
      const file = resolve(dirname(id), script)
      this.emitFile({ type: 'chunk', id: file, fileName: `${flat(file)}.js` })
      return `new URL('./${flat(file)}.js', import.meta.url)`
    })
  },
})

const LIBRARY = ['index', 'vitest'].map((name) => join(compiled, 'src', 'library', `${name}.js`))

/** Declarations of the library and of all that they import, as tsc has written them. */
const declarations = (): Plugin => ({
  name: 'declarations',
  generateBundle() {
    const wanted = LIBRARY.map((file) => file.replace(/\.js$/, '.d.ts'))
    for (const file of wanted) {
      const source = readFileSync(file, 'utf8').replace(/\/\/# sourceMappingURL.*\n?/, '')
      const imports = source.replace(
        /(from |import\()'(\.[^']+)\.ts'/g,
        (_, before: string, path: string) => {
          const found = resolve(dirname(file), `${path}.d.ts`)
          if (!wanted.includes(found)) wanted.push(found)
          return `${before}'${path}.js'`
        },
      )
      const fileName = `types/${relative(compiled, file).split(sep).join('/')}`
      this.emitFile({ type: 'asset', fileName, source: imports })
    }
  },
})

/** Command and library with the packages that they use, in few files, of what tsc has compiled: dist/cli. */
export default defineConfig({
  publicDir: false,
  define: { BUILT: JSON.stringify(built) },
  plugins: [bytesBeside(), threads(), declarations()],
  ssr: { noExternal: true, target: 'node' },
  build: {
    ssr: true,
    outDir: 'dist/cli',
    emptyOutDir: true,
    target: 'node20',
    license: { fileName: 'LICENSES.md' },
    rolldownOptions: {
      input: {
        main: join(compiled, 'src', 'cli', 'main.js'),
        ...Object.fromEntries(LIBRARY.map((file) => [flat(file), file])),
      },
      // Of whose tests the matchers are; and what only a queue needs.
      external: ['vitest', 'bullmq', 'ioredis'],
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: '[name]-[hash].js',
        comments: false,
        // Lines and names stay, for who reads where an error comes from.
        minify: { compress: false, mangle: false, codegen: { removeWhitespace: false } },
      },
    },
  },
})
