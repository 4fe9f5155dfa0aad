import { Button } from '../../design/controls.tsx'
import { FileButton } from '../../design/file-choice.tsx'
import { Empty } from '../../design/surfaces.tsx'
import { compareWith, compareWithApp } from '../../state/comparing.ts'
import type { OpenRun } from '../../state/open-run.ts'
import { apps, OPENABLE, openFile, openRuns } from '../../state/opening.ts'
import styles from './compare.module.css'

/** With one run alone: what to compare it with. */
export function Invite({ run }: { readonly run: OpenRun }) {
  const others = openRuns.value.filter((one) => one !== run && one.facts.value?.kind !== 'lab')
  const seconds = run.report.value?.run.seconds
  return (
    <Empty icon="compare" title={`Compare ${run.facts.value?.title ?? ''} with what?`}>
      <p>
        Drop a second run on the page: a report, what run --record wrote, or firmware. It will be the second
        of the two.
      </p>
      <FileButton
        kind="main"
        icon="open"
        choice={{
          accept: OPENABLE,
          take: ([file]) => {
            void openFile(file)
          },
        }}
      >
        Choose a file
      </FileButton>
      {others.length > 0 && (
        <div class={styles['choices']} role="group" aria-label="Runs that are open">
          {others.map((one) => (
            <Button
              key={one.id}
              icon="compare"
              onClick={() => {
                compareWith(one)
              }}
            >
              {one.facts.value?.title}
            </Button>
          ))}
        </div>
      )}
      {(apps.value?.length ?? 0) > 0 && (
        <>
          <p>
            Or run one that comes with the page, as long as this one
            {seconds === undefined ? '' : ` did (${seconds.toFixed(1)} s)`}:
          </p>
          <div class={styles['choices']} role="group" aria-label="Apps that come with the page">
            {apps.value?.map((app) => (
              <Button
                key={app.name}
                icon="play"
                onClick={() => {
                  void compareWithApp(app)
                }}
              >
                {app.title}
              </Button>
            ))}
          </div>
        </>
      )}
    </Empty>
  )
}
