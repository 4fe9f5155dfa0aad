import { availableParallelism } from 'node:os'
import pLimit from 'p-limit'
import { UserError } from '../../runs/errors.ts'
import type { RunReport } from '../../runs/report/run-report.ts'
import { Thread } from '../threads/thread.ts'
import type { RunChoices } from './run-request.ts'

/** What a test is judged by. */
export type TestRun = Pick<RunReport, 'run' | 'firmware' | 'console'>

/** How a file's run went, or why there was none. */
export type TestedFile =
  { readonly file: string; readonly ran: TestRun } | { readonly file: string; readonly refused: string }

type TestThread = Thread<string, never, TestRun>

/**
 * Runs each file by itself, several at a time, in threads that are used again and again.
 * @param onDone told of each as it is over, in whatever order @returns in their order; what was interrupted is left out
 */
export async function testFiles(
  files: readonly string[],
  options: RunChoices,
  { jobs = availableParallelism(), signal, onDone }: TestSettings,
): Promise<readonly TestedFile[]> {
  const all: TestThread[] = []
  const idle: TestThread[] = []
  const start = (): TestThread => {
    const thread: TestThread = new Thread(new URL('./test-worker.js', import.meta.url), options)
    all.push(thread)
    return thread
  }
  signal.addEventListener('abort', () => all.forEach((thread) => thread.stop()))
  const limit = pLimit(Math.min(jobs, files.length))
  try {
    const tested = await Promise.all(
      files.map(async (file) =>
        limit(async (): Promise<TestedFile | undefined> => {
          if (signal.aborted) return undefined
          const thread = idle.pop() ?? start()
          const one = await testFile(thread, file)
          idle.push(thread)
          if ('ran' in one && one.ran.run.stop === 'interrupted') return undefined
          onDone(one)
          return one
        }),
      ),
    )
    return tested.filter((one) => one !== undefined)
  } finally {
    await Promise.all(all.map(async (thread) => thread.end()))
  }
}

export interface TestSettings {
  /** Threads; one for each core. */
  readonly jobs?: number | undefined
  readonly signal: AbortSignal
  readonly onDone: (one: TestedFile) => void
}

async function testFile(thread: TestThread, file: string): Promise<TestedFile> {
  try {
    return { file, ran: await thread.ask(file) }
  } catch (error) {
    if (error instanceof UserError) return { file, refused: error.message }
    throw error
  }
}
