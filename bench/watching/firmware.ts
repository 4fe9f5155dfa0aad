import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ObserveOptions } from '../../runs/simulation/observe-options.ts'
import { loadImage } from '../../src/files/image.ts'
import { projectRoot } from '../../src/toolchain/paths.ts'
import { compile } from '../../test/cli/firmware.ts'
import { all } from '../../test/snapshot/scenarios.ts'

const CLOCK_HZ = 64_000_000

/** A call every 32 instructions: what recording calls costs at most, about. */
const callsOptions = async (): Promise<ObserveOptions> => {
  const busy = await optionsOf('busy')
  const source = readFileSync(join(projectRoot(), 'bench', 'watching', 'calls.c'), 'utf8')
  return { ...busy, image: await loadImage(compile('calls', source, '-O2 -g')) }
}

const optionsOf = async (name: string): Promise<ObserveOptions> => {
  const options = await all.find((one) => one.name === name)?.make()
  if (!options) throw new Error(`no firmware ${name}`)
  return options
}

const firmware = [
  { name: 'gesture, 99.5 % asleep', seconds: 240, make: () => optionsOf('gesture') },
  { name: 'gesture-5hz, 99 % asleep', seconds: 120, make: () => optionsOf('gesture-5hz') },
  { name: 'keyword, mostly busy', seconds: 8, make: () => optionsOf('keyword') },
  { name: 'a call every 32 instructions', seconds: 2, make: callsOptions },
] as const

export const firmwareNames: readonly string[] = firmware.map(({ name }) => name)

export async function optionsFor(name: string): Promise<ObserveOptions> {
  const one = firmware.find((known) => known.name === name)
  if (!one) throw new Error(`no firmware ${name}`)
  return { ...(await one.make()), limitCycles: one.seconds * CLOCK_HZ }
}
