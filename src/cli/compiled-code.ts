import * as module from 'node:module'
import { join } from 'node:path'
import { cacheDirectory } from '../toolchain/cache/cache.ts'

interface CompileCache {
  /** Since Node 22.1. */
  enableCompileCache?: (folder: string) => unknown
}

/** What V8 makes of our files is kept in the user's cache folder for the next start, where Node can; it checks them itself. */
export function keepCompiledCode(): void {
  try {
    ;(module as CompileCache).enableCompileCache?.(join(cacheDirectory(), 'code'))
  } catch {
    // no folder to keep it in
  }
}
