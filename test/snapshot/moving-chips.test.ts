import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import type * as boards from '../../emulator/boards/board.ts'
import type * as chips from '../../emulator/nrf52840/chip.ts'
import { Hopping } from './hopping.ts'

const made = vi.hoisted(() => ({ hopping: undefined as Hopping | undefined }))

vi.mock('../../emulator/nrf52840/chip.ts', async (original) => {
  const real = await original<typeof chips>()
  const { createBoard } = await vi.importActual<typeof boards>('../../emulator/boards/board.ts')
  made.hopping = new Hopping(real.createChip, createBoard)
  return { ...real, createChip: made.hopping.createChip }
})
vi.mock('../../emulator/boards/board.ts', async (original) => {
  const real = await original<typeof boards>()
  return {
    ...real,
    createBoard: (...given: Parameters<typeof real.createBoard>) => made.hopping?.createBoard(...given),
  }
})

/** Whatever the tests of peripherals and boards expect comes true when a new chip takes over before each call and event. */
describe('chips that are saved and restored all the time', async () => {
  for (const folder of ['nrf52840', 'boards']) {
    const at = resolve(import.meta.dirname, '../../emulator', folder)
    for (const name of readdirSync(at).sort()) if (name.endsWith('.test.ts')) await import(join(at, name))
  }
})

it('they moved in the middle of everything', () => {
  expect(made.hopping?.hops).toBeGreaterThan(1000)
  console.log([...(made.hopping?.pending ?? [])].sort(), made.hopping?.hops)
})
