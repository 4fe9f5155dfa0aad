import type { Annotation } from '../../../../runs/annotate/annotation.ts'
import { FileButton } from '../../../design/file-choice.tsx'
import type { OpenRun } from '../../../state/open-run.ts'
import { giveSources } from '../../../state/sources.ts'

/** A page may not read the paths that the firmware names: the user gives the folder. */
export function GiveSources({
  annotation: { files },
  run,
}: {
  readonly annotation: Annotation
  readonly run: OpenRun
}) {
  const missing = files.filter(({ hasText }) => !hasText)
  if (files.length === 0)
    return <span class="soft">No debug information here, so no lines: compile with -g</span>
  if (missing.length === 0) return null
  return (
    <>
      <span class="soft" title={missing.map(({ path }) => path).join('\n')}>
        {missing.length === files.length ? 'The source is not here' : `${missing.length} files are not here`}
      </span>
      <FileButton
        icon="open"
        title="It stays in this page; files may be dropped too. They are found by the end of their path"
        choice={{
          several: 'folder',
          take: (chosen) => {
            void giveSources(run, chosen)
          },
        }}
      >
        Give its folder
      </FileButton>
    </>
  )
}
