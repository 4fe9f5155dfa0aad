import type { ComponentChildren } from 'preact'

/** A qualified name that breaks behind its qualifiers, and else where it must. */
export const breakable = (name: string): ComponentChildren =>
  name.split(/(?<=::|_)/).map((part, i) => (
    <>
      {i > 0 && <wbr />}
      {part}
    </>
  ))
