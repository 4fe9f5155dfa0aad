import type { RefObject } from 'preact'
import { useRef } from 'preact/hooks'
import { Button, type ButtonProps } from './controls.tsx'

interface Choice {
  /** Endings that are offered. */
  readonly accept?: string
  /** Several, or all of a folder. */
  readonly several?: 'files' | 'folder'
  /** What it is called, unseen as it is. */
  readonly label?: string
  readonly take: (files: readonly [File, ...File[]]) => void
}

/** The browser's own choice of files, for what clicks on it; the same file can be chosen again. */
export const FileInput = ({
  input,
  several,
  label,
  take,
  ...rest
}: Choice & { readonly input: RefObject<HTMLInputElement | null> }) => (
  <input
    {...rest}
    ref={input}
    type="file"
    hidden
    multiple={several === 'files'}
    {...(several === 'folder' && { webkitdirectory: true })}
    aria-label={label}
    onChange={({ currentTarget }) => {
      const [first, ...others] = currentTarget.files ?? []
      currentTarget.value = ''
      if (first) take([first, ...others])
    }}
  />
)

/** A button that opens it. */
export function FileButton({
  choice,
  ...button
}: Omit<ButtonProps, 'onClick'> & { readonly choice: Choice }) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <Button {...button} onClick={() => input.current?.click()} />
      <FileInput {...choice} input={input} />
    </>
  )
}
