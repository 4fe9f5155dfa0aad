import { ExecaError } from 'execa'

/** Why a program did not even begin, or ended without a word of its own; undefined where it ran and failed. */
export function whyNotRun(error: unknown): string | undefined {
  if (!(error instanceof ExecaError)) return undefined
  switch (error.code) {
    case 'ENOENT':
      return 'was not found'
    case 'EACCES':
    case 'EPERM':
      return 'may not be executed'
    case 'ENOEXEC':
    case 'UNKNOWN':
      return 'is no program for this machine'
    case 'ENOMEM':
    case 'EAGAIN':
      return 'could not be started: the machine has no memory or process left'
    default:
      return error.signal === undefined ? undefined : `was ended by ${error.signal}`
  }
}

/** What the last lines of a program's output mean for whoever reads them. */
const meanings: readonly (readonly [said: RegExp, means: string])[] = [
  [/no space left on device|disk quota exceeded|ENOSPC/i, 'the disk is full'],
  [/read-only file system|EROFS/i, 'it may not write where it wants to'],
  [/permission denied|EACCES/i, 'it may not write or read where it wants to'],
  [
    /rustup could not choose|no default (toolchain )?(is )?configured|toolchain '?[^\s']+'? is not installed/i,
    'rustup has no toolchain for it; give it one: rustup default stable',
  ],
  [
    /could not resolve|name resolution|network|timed? ?out|connect|unreachable|SSL|certificate|proxy|getaddrinfo|ENOTFOUND|\b(403|407|429|50\d)\b/i,
    'check the network and run again',
  ],
]

/** undefined where nothing known was said */
export const meaningOf = (output: string): string | undefined =>
  meanings.find(([said]) => said.test(output))?.[1]
