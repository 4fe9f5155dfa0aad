import type { RunChoices } from '../../../runs/session/choices.ts'

/** Choices, of which some are taken back: empty or undefined. */
export type Mutable = { -readonly [Name in keyof RunChoices]: RunChoices[Name] | '' | undefined }
export type Change = (changes: Partial<Mutable>) => void
