import { existsSync } from 'node:fs'
import { readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What is kept of objects and firmware. */
export interface PruneLimits {
  /** Older than this goes, whatever room there is. */
  readonly days: number
  /** Above this the least recently used go. */
  readonly bytes: number
  /** Never anything that was used within this time: another process may be at it. */
  readonly untouchedHours: number
}

export const pruneLimits: PruneLimits = { days: 30, bytes: 2e9, untouchedHours: 6 }

const HOUR = 3_600_000
const folders = ['firmware', 'objects', 'generated', 'audio', 'logs', 'checks']
const stamp = 'pruned'

/** Says that a file or folder of the build directory is in use. @returns false when it is not there */
export async function touch(path: string): Promise<boolean> {
  const now = new Date()
  try {
    await utimes(path, now, now)
    return true
  } catch {
    // Another user's, or on a file system that is read only: still of use.
    return existsSync(path)
  }
}

interface Entry {
  readonly path: string
  readonly bytes: number
  readonly used: number
}

/** Once a day at most: removes what nobody has used for long, and the oldest of what is too much. */
export async function pruneDaily(directory: string, limits = pruneLimits, now = Date.now()): Promise<void> {
  const last = await usedAt(join(directory, stamp))
  if (last !== undefined && now - last < 24 * HOUR) return
  if (!(await touch(join(directory, stamp)))) await writeFile(join(directory, stamp), '')
  await prune(directory, limits, now)
}

/** @returns the paths that were removed */
export async function prune(directory: string, limits = pruneLimits, now = Date.now()): Promise<string[]> {
  const listed = await Promise.all(folders.map((folder) => entriesOf(join(directory, folder))))
  const entries = listed.flat().sort((a, b) => a.used - b.used)
  let total = entries.reduce((sum, { bytes }) => sum + bytes, 0)
  const removed: string[] = []
  for (const { path, bytes, used } of entries) {
    const tooOld = now - used > limits.days * 24 * HOUR
    if (!tooOld && total <= limits.bytes) break
    // It may have been used since it was listed.
    const usedNow = await usedAt(path)
    if (usedNow === undefined || now - usedNow < limits.untouchedHours * HOUR) continue
    try {
      await rm(path, { recursive: true, force: true })
    } catch {
      continue // another user's
    }
    total -= bytes
    removed.push(path)
  }
  return removed
}

async function entriesOf(folder: string): Promise<Entry[]> {
  const names = await readdir(folder).catch(() => [])
  const entries = await Promise.all(names.map((name) => entryOf(join(folder, name))))
  return entries.filter((entry) => entry !== undefined)
}

async function entryOf(path: string): Promise<Entry | undefined> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) return undefined
  if (!found.isDirectory()) return { path, bytes: found.size, used: found.mtimeMs }
  const inside = await Promise.all(
    (await readdir(path).catch(() => [])).map((name) => entryOf(join(path, name))),
  )
  return { path, bytes: inside.reduce((sum, entry) => sum + (entry?.bytes ?? 0), 0), used: found.mtimeMs }
}

const usedAt = async (path: string): Promise<number | undefined> =>
  (await stat(path).catch(() => undefined))?.mtimeMs
