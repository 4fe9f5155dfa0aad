import { signal } from '@preact/signals'
import { Button } from '../design/controls.tsx'
import { commands } from '../state/commands.ts'
import { Dialog, Keys } from './dialog.tsx'
import styles from './dialog.module.css'

export const isHelpOpen = signal(false)

/** The keys of what is on the page now. */
export function Help() {
  const withKeys = commands.value.filter(({ keys }) => keys !== undefined)
  const groups = [...new Set(withKeys.map(({ group }) => group))]
  return (
    <Dialog isOpen={isHelpOpen} label="Keys">
      <div class={styles['head']}>
        <h2>Keys</h2>
        <Button kind="quiet" icon="close" title="Close" onClick={() => (isHelpOpen.value = false)} />
      </div>
      <div class={styles['columns']}>
        {groups.map((group) => (
          <section key={group}>
            <h3>{group}</h3>
            {withKeys
              .filter((one) => one.group === group)
              .map(({ id, title, keys }) => (
                <div key={id} class={styles['row']}>
                  {title}
                  <Keys keys={keys} />
                </div>
              ))}
          </section>
        ))}
      </div>
    </Dialog>
  )
}
