import { UserError } from '../../runs/errors.ts'

/** What one kernel of `firmware/microbench` took, less its harness. */
export interface Measurement {
  readonly kernel: string
  /** Of all bodies together. */
  readonly cycles: number
  readonly bodies: number
}

/** Everything the microbenchmarks print. */
export interface MicrobenchOutput {
  /** FICR INFO.PART, as in "52840"; "0" where there is none. */
  readonly part: string
  /** Fingerprint of the kernels' sources, eight hexadecimal digits. */
  readonly kernels: string
  readonly measurements: readonly Measurement[]
}

const VERSION = 1

/**
 * Reads what the microbenchmarks print over UART: "microbench 1 part 52840 kernels 1a2b3c4d", a line "name cycles bodies" for each
 * kernel, "microbench end N". Text before and after is passed over, as a serial log has it; other lines in between
 * are an error.
 * @param source named in errors
 * @throws UserError
 */
export function parseMicrobench(text: string, source: string): MicrobenchOutput {
  const lines = text.split(/\r?\n/).map((line) => line.trim())
  const start = lines.findLastIndex((line) => /^microbench \d+ part /.test(line))
  const [, version, part = '', kernels = ''] =
    /^microbench (\d+) part ([0-9a-f]+) kernels ([0-9a-f]{8})$/.exec(lines[start] ?? '') ?? []
  if (version === undefined)
    throw new UserError(`${source}: no line "microbench ${VERSION} part ..." in it. Give the whole output.`)
  if (Number(version) !== VERSION)
    throw new UserError(`${source}: output of version ${version}; this is for version ${VERSION}.`)
  const measurements: Measurement[] = []
  const seen = new Set<string>()
  for (let i = start + 1; i < lines.length; i++) {
    const line = lines[i] ?? ''
    const where = `${source}:${i + 1}`
    if (line === '') continue
    const end = /^microbench end (\d+)$/.exec(line)
    if (end) {
      if (Number(end[1]) !== measurements.length)
        throw new UserError(`${where}: ${end[1] ?? ''} kernels ran, ${measurements.length} are in the log.`)
      return { part, kernels, measurements }
    }
    const [, kernel = '', cycles, bodies] = /^(\w+) (-?\d+) (\d+)$/.exec(line) ?? []
    if (kernel === '') throw new UserError(`${where}: "${line.slice(0, 60)}" is not "name cycles bodies".`)
    if (seen.has(kernel)) throw new UserError(`${where}: ${kernel} is there twice.`)
    if (Number(bodies) === 0) throw new UserError(`${where}: ${kernel} has no bodies.`)
    seen.add(kernel)
    measurements.push({ kernel, cycles: Number(cycles), bodies: Number(bodies) })
  }
  throw new UserError(`${source}: it ends before "microbench end". Give the whole output.`)
}

/** Cycles of one body. */
export const cyclesPerBody = ({ cycles, bodies }: Measurement): number => cycles / bodies
