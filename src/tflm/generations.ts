import type { Structures } from './structures.ts'

export const generations: readonly Structures[] = []
