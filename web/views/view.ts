import type { ComponentType } from 'preact'
import type { IconName } from '../design/icon.tsx'
import type { OpenKind } from '../../runs/session/protocol.ts'
import type { OpenRun } from '../state/open-run.ts'

/** One of the places that the page has. Its code is loaded when it is first gone to. */
export interface View {
  /** In the URL. */
  readonly id: string
  readonly title: string
  readonly icon: IconName
  /** After g: "g t". */
  readonly key: string
  /** For what is open of these kinds. */
  readonly kinds: readonly OpenKind[]
  readonly load: () => Promise<ComponentType<{ readonly run: OpenRun }>>
}
