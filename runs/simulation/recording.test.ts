import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { CHANNELS, recordingFromRows } from '../../emulator/trace/recording.ts'
import { heldOutRecording } from '../../src/project.ts'
import { loadRecording } from '../../src/files/recording.ts'

it('the held-out recording is to the bit what its table says', async () => {
  const [header = [], ...rows] = readFileSync(heldOutRecording(), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(','))
  const expected = recordingFromRows(header, rows)
  const { recording, facts } = await loadRecording(heldOutRecording(), { atEnd: 'stop' })
  expect(recording.times).toEqual(expected.times)
  for (const channel of CHANNELS)
    expect(recording.channels.get(channel)).toEqual(expected.channels.get(channel))
  for (let sample = 0; sample < rows.length; sample++)
    expect(recording.labels?.at(sample)).toEqual(expected.labels?.at(sample))
  expect(facts).toMatchObject({ format: 'CSV', rows: 3000, sampleRateHz: 10, ignoredColumns: [], notes: [] })
  expect(facts.sha256).toBe('a396f23bd5a7bcd66a390ce4348deeaf49eef3828ad3f39c72166b5434a09660')
})
