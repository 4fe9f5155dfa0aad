import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { address, goTo } from '../state/address.ts'
import { isMeasurement, layMeasured } from '../state/measured.ts'
import type { OpenRun } from '../state/open-run.ts'
import { current, openFiles } from '../state/opening.ts'
import { giveSources, isSourceFile } from '../state/sources.ts'
import styles from './shell.module.css'

/** Its timeline shows it. */
async function layOver(run: OpenRun, file: File): Promise<void> {
  if ((await layMeasured(run, file)) && current.value === run) goTo('timeline')
}

/** Files may be dropped anywhere. */
export function DropTarget() {
  const depth = useSignal(0)
  useEffect(() => {
    const hasFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') ?? false
    const listeners = {
      dragenter: (event: DragEvent) => {
        if (hasFiles(event)) depth.value++
      },
      dragleave: (event: DragEvent) => {
        if (hasFiles(event)) depth.value = Math.max(0, depth.value - 1)
      },
      dragover: (event: DragEvent) => {
        if (hasFiles(event)) event.preventDefault()
      },
      drop: (event: DragEvent) => {
        if (!hasFiles(event)) return
        event.preventDefault()
        depth.value = 0
        const files = [...(event.dataTransfer?.files ?? [])]
        const run = current.value
        const sources = run ? files.filter(isSourceFile) : []
        if (run) void giveSources(run, sources)
        const measurements = run ? files.filter((file) => isMeasurement(run, file, address.value.view)) : []
        for (const file of measurements) if (run) void layOver(run, file)
        void openFiles(files.filter((file) => !sources.includes(file) && !measurements.includes(file)))
      },
    }
    const all = Object.entries(listeners) as [keyof typeof listeners, (event: DragEvent) => void][]
    for (const [name, listener] of all) addEventListener(name, listener)
    return () => {
      for (const [name, listener] of all) removeEventListener(name, listener)
    }
  }, [])
  return depth.value > 0 ? <div class={styles['drop']}>Drop it: it stays on this machine</div> : null
}
