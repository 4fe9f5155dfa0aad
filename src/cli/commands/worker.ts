import { availableParallelism, hostname } from 'node:os'
import { ExitCode } from '../../../runs/errors.ts'
import { fingerprints } from '../../lab/engine/fingerprint.ts'
import { keyOf } from '../../lab/keys.ts'
import { work } from '../../queue/lab-worker.ts'
import { redisAddress } from '../../queue/redis.ts'
import { checkCache, labDirectory } from '../../toolchain/cache/cache.ts'
import { findCompiler } from '../../toolchain/compile/compiler.ts'
import { printNote } from '../output.ts'

export interface WorkerCommandOptions {
  readonly queue: string
  readonly jobs?: number
  readonly cache?: string
}

/** Measures for labs that wait at a queue, until it is interrupted. */
export async function worker(options: WorkerCommandOptions, signal: AbortSignal): Promise<number> {
  const address = redisAddress(options.queue)
  const folder = options.cache ?? labDirectory()
  if (options.cache === undefined) await checkCache(folder)
  const jobs = options.jobs ?? availableParallelism()
  await work({
    address,
    makes: keyOf([fingerprints(), (await findCompiler()).name]),
    jobs,
    folder,
    signal,
    onReady: () =>
      printNote(`${hostname()} waits for work at ${address.shown}, ${jobs} at once; Ctrl-C ends it`),
    onDone: (name, seconds) => printNote(`${name}: ${seconds.toFixed(1)} s`),
  })
  return ExitCode.fine
}
