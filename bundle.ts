import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
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

/** The command with the packages that it uses, in few files, of what tsc has compiled: dist/cli. */
export default defineConfig({
  publicDir: false,
  define: { BUILT: JSON.stringify(built) },
  plugins: [bytesBeside()],
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
        // Threads, which are found beside whoever starts them.
        'run-worker': join(compiled, 'src', 'running', 'run-worker.js'),
        'check-worker': join(compiled, 'src', 'budget', 'check-worker.js'),
        worker: join(compiled, 'src', 'lab', 'make', 'worker.js'),
      },
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: '[name]-[hash].js',
        // Names stay, for who reads where an error comes from.
        minify: { compress: true, mangle: false, codegen: true },
      },
    },
  },
})
