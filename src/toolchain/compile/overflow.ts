/** What does not fit the chip, in bytes and not in the linker's words. */
import { UserError } from '../../../runs/errors.ts'
import { grouped } from '../../../runs/report/show/format.ts'
import type { EmbeddedModel } from '../generate/generate.ts'
import { arenaBytesOf, stackBytesOf, type BuildOptions } from '../options.ts'

/** nrf52840.ld */
const flashBytes = 1024 * 1024
const ramBytes = 256 * 1024

/** @throws UserError for a model that no firmware could hold */
export function checkFits({ path, bytes }: Pick<EmbeddedModel, 'path' | 'bytes'>): void {
  const { length } = bytes
  if (length <= flashBytes) return
  throw new UserError(
    `${path}: a model of ${grouped(length)} bytes does not fit in flash: ${grouped(flashBytes)} there are, ${grouped(length - flashBytes)} too many`,
  )
}

/**
 * The error to throw for one of the linker's.
 * @param dataBytes links without a stack and says how much static RAM that takes
 */
export async function overflowOf(
  error: unknown,
  options: BuildOptions,
  dataBytes: () => Promise<number>,
): Promise<unknown> {
  if (!(error instanceof UserError)) return error
  const over = (region: string): number | undefined => {
    const [, bytes] = new RegExp(`region \`${region}' overflowed by (\\d+) bytes`).exec(error.message) ?? []
    return bytes === undefined ? undefined : Number(bytes)
  }
  const sentence = (what: string, needed: number, there: number) =>
    `app ${options.app} does not fit in ${what}: ${grouped(needed)} bytes, ${grouped(there)} there are, ${grouped(needed - there)} too many`
  const flash = over('FLASH')
  const ram = over('RAM')
  const stack = stackBytesOf(options)
  const said: string[] = []
  if (flash !== undefined) said.push(sentence('flash', flashBytes + flash, flashBytes))
  const data =
    ram !== undefined
      ? ramBytes + ram
      : error.message.includes('RAM is full')
        ? await dataBytes().catch(() => undefined)
        : undefined
  if (data !== undefined) {
    const arena =
      options.model === undefined ? '' : `, an arena of ${grouped(arenaBytesOf(options))} among it`
    said.push(
      `${sentence('RAM', data + stack, ramBytes)} (data ${grouped(data)}${arena}; stack ${grouped(stack)})`,
    )
  }
  return said.length === 0 ? error : new UserError(said.join('; '), error.exitCode, { cause: error })
}
