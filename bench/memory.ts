import { writeFile } from 'node:fs/promises'
import { buildMicrobench } from '../src/fidelity/firmware.ts'
import { runMemoryKernels } from '../src/fidelity/memory/kernels.ts'
import { readArguments, runCommand } from '../test/differential/arguments.ts'

const USAGE = `Kernels of firmware/microbench at each memory of the nRF52840 that the evidence leaves open.
  --out FILE    where they go (docs/memory.json)`

await runCommand('memory', async () => {
  const { values } = readArguments(
    { options: { out: { type: 'string', default: 'docs/memory.json' } }, strict: true },
    USAGE,
  )
  const { elfPath } = await buildMicrobench()
  await writeFile(values.out, `${JSON.stringify(await runMemoryKernels(elfPath), undefined, 2)}\n`)
  return 0
})
