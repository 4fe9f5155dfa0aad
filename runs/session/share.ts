import type { ReplayPart } from '../recording/parts.ts'
import { packedParts, withoutParts, type RunPart } from '../recording/run-file.ts'
import { serialiseLab } from '../lab-report/format.ts'
import { serialise } from '../report/serialise.ts'
import type { Subject } from './subject.ts'

/** What is given to others of a run: one file, and what is in it. */
export interface SharedFile {
  readonly kind: 'run' | 'report'
  readonly bytes: Uint8Array
  /** How many bytes of the file each part takes, packed. */
  readonly parts: Readonly<Partial<Record<RunPart, number>>>
}

/** @param save the run with the names that it has here @param without what the file shall not have @throws UserError */
export async function sharedFile(
  subject: Subject,
  save: () => Promise<Uint8Array>,
  without: readonly ReplayPart[],
): Promise<SharedFile> {
  if (subject.kind === 'report' || subject.lab) {
    const text = subject.lab ? serialiseLab(subject.lab) : serialise(await subject.report())
    const bytes = new TextEncoder().encode(text)
    return { kind: 'report', bytes, parts: { report: bytes.length } }
  }
  const bytes = withoutParts(await save(), subject.title, without)
  return { kind: 'run', bytes, parts: packedParts(bytes) }
}
