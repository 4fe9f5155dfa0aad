import { signal, useSignal } from '@preact/signals'
import fuzzysort from 'fuzzysort'
import { useEffect, useRef } from 'preact/hooks'
import { commands, type Command } from '../state/commands.ts'
import { Dialog, Keys } from './dialog.tsx'
import styles from './dialog.module.css'

export const isPaletteOpen = signal(false)

/** All that can be done, found by a few letters of it. */
export const Palette = () => (
  <Dialog isOpen={isPaletteOpen} label="Command palette">
    <Search />
  </Dialog>
)

const possible = (): readonly Command[] =>
  commands.value.filter(({ id, isPossible }) => id !== 'palette' && isPossible?.() !== false)

function Search() {
  const text = useSignal('')
  const at = useSignal(0)
  const list = useRef<HTMLUListElement>(null)
  const found =
    text.value === ''
      ? possible()
      : fuzzysort.go(text.value, possible(), { keys: ['title', 'group'] }).map(({ obj }) => obj)
  const chosen = Math.min(at.value, found.length - 1)
  useEffect(() => {
    list.current?.children[chosen]?.scrollIntoView({ block: 'nearest' })
  }, [chosen])
  const run = (command: Command | undefined): void => {
    isPaletteOpen.value = false
    command?.run()
  }
  return (
    <>
      <input
        class={styles['search']}
        placeholder="What do you want to do?"
        aria-label="Search commands"
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={found[chosen] && `palette-${found[chosen].id}`}
        autofocus
        onInput={({ currentTarget }) => {
          text.value = currentTarget.value
          at.value = 0
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') at.value = Math.min(chosen + 1, found.length - 1)
          else if (event.key === 'ArrowUp') at.value = Math.max(chosen - 1, 0)
          else if (event.key === 'Enter') run(found[chosen])
          else return
          event.preventDefault()
        }}
      />
      <ul class={styles['list']} id="palette-list" role="listbox" aria-label="Commands" ref={list}>
        {found.map((command, i) => (
          <li
            key={command.id}
            id={`palette-${command.id}`}
            class={styles['item']}
            role="option"
            aria-selected={i === chosen}
            onClick={() => {
              run(command)
            }}
          >
            {command.title}
            <span class={styles['group']}>{command.group}</span>
            <Keys keys={command.keys} />
          </li>
        ))}
        {found.length === 0 && <li class={styles['item']}>Nothing is called that.</li>}
      </ul>
    </>
  )
}
