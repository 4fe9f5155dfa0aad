import { chmod, copyFile, mkdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { produceFolder } from '../cache/cache.ts'
import { loadImage } from '../../files/image.ts'
import { targetFlags } from './compiler.ts'
import { archive, runTool, type ObjectStore } from './objects.ts'
import { firmwareFolder, stackBytesOf, type BuildOptions } from '../options.ts'
import { overflowOf } from './overflow.ts'
import type { Plan } from '../plan.ts'
import { touch } from '../cache/prune.ts'
import { sha256 } from './units.ts'

export interface Objects {
  readonly first: readonly string[]
  readonly firmware: readonly string[]
  readonly libraries: readonly string[]
}

/**
 * Links into a folder named by the content: firmware.elf, firmware.hex, firmware.map, and the licences of the
 * packages that are in it.
 */
export async function link(
  store: ObjectStore,
  options: BuildOptions,
  directory: string,
  objects: Objects,
  packages: Plan['packages'],
): Promise<{ readonly folder: string; readonly cached: boolean }> {
  const script = join(firmwareFolder(options), 'nrf52840', 'nrf52840.ld')
  const flags = [
    ...targetFlags,
    '-nostartfiles',
    '-Wl,--gc-sections',
    '-Wl,--build-id=none',
    stackFlag(options),
  ]
  const names = [...objects.first, ...objects.firmware, ...objects.libraries].map((file) => basename(file))
  const key = sha256(JSON.stringify([store.compiler.name, flags, names]), await readFile(script))
  const folder = join(directory, 'firmware', key.slice(0, 24))
  if (await touch(folder)) return { folder, cached: true }

  const archives = [
    await archive(store, 'libfirmware', objects.firmware),
    await archive(store, 'libtflm', objects.libraries),
  ]
  await produceFolder(folder, async (temporary) => {
    const elf = join(temporary, 'firmware.elf')
    const map = join(temporary, 'firmware.map')
    const inputs = [
      ...objects.first,
      '-Wl,--start-group',
      ...archives,
      '-lm',
      '-lc',
      '-lgcc',
      '-Wl,--end-group',
    ]
    const linkArguments = [...flags, '-T', script, `-Wl,-Map=${map}`, ...inputs, '-o', elf]
    const run = (linkArguments: readonly string[]) =>
      runTool(store, store.compiler.gxx, linkArguments, `app ${options.app} does not link`)
    await run(linkArguments).catch(async (error: unknown) => {
      throw await overflowOf(error, options, async () => {
        const unstacked = linkArguments.map((one) =>
          one === stackFlag(options) ? stackFlag({ ...options, stackBytes: 0 }) : one,
        )
        await run(unstacked)
        return (await loadImage(elf)).sections.reduce((sum, { ramBytes }) => sum + ramBytes, 0)
      })
    })
    const hexArguments = ['-O', 'ihex', elf, join(temporary, 'firmware.hex')]
    await runTool(store, store.compiler.objcopy, hexArguments, 'the HEX file cannot be made')
    for (const file of [elf, join(temporary, 'firmware.hex')]) await notExecutable(file)
    await copyLicences(packages, join(temporary, 'licences'))
  })
  return { folder, cached: false }
}

const stackFlag = (options: BuildOptions): string => `-Wl,--defsym=__StackSize=${stackBytesOf(options)}`

/** The linker makes its output executable, and objcopy what it makes of that. */
const notExecutable = async (file: string): Promise<void> => chmod(file, (await stat(file)).mode & 0o666)

async function copyLicences(packages: Plan['packages'], to: string): Promise<void> {
  for (const { source, directory } of packages) {
    const folder = join(to, `${source.name.replaceAll('/', '-')}-${source.version}`)
    await mkdir(folder, { recursive: true })
    for (const licence of source.licences) {
      await copyFile(join(directory, licence), join(folder, licence.replaceAll('/', '-')))
    }
  }
}
