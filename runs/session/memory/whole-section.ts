import type { MemoryReport } from '../../report/run-report.ts'
import type { MemoryItem } from './protocol.ts'

/** A section of which nothing inside is known. */
export const wholeSection = (
  { name: section, flashBytes, ramBytes }: MemoryReport['sections'][number],
  name: string,
): MemoryItem => ({
  name,
  kind: 'unnamed',
  section,
  file: null,
  address: 0,
  bytes: Math.max(flashBytes, ramBytes),
  inFlash: flashBytes > 0,
  inRam: ramBytes > 0,
})
