import type { DutyModel } from '../../../runs/pricing/duty-model.ts'
import { resolve, type Resolved } from '../../../runs/pricing/evaluate.ts'
import { offer, type Command } from '../../state/commands.ts'
import { ask, asked, askNothing, type Change } from './asked.ts'

/** What can be asked for by keys and by the palette, while the view is there. @returns what takes them away again */
export function offerDuty(model: DutyModel): () => void {
  const { own, whyNoRate } = model
  const now = (): Resolved => resolve(model, asked().settings)
  const command = (id: string, title: string, keys: string, change: () => Change): Command => ({
    id: `duty-${id}`,
    title,
    group: 'Duty cycle',
    keys,
    run: () => {
      ask(change())
    },
  })
  const other = <Value extends string>(
    value: Value,
    one: Value,
    two: Value,
    run: Value,
  ): Value | undefined => {
    const next = value === one ? two : one
    return next === run ? undefined : next
  }
  const timesRate = (by: number): Change => {
    const rate = Number(((now().rate ?? 1) * by).toPrecision(6))
    return { rate: rate === own.rate ? undefined : rate }
  }
  const canPace = (): boolean => whyNoRate === null && own.rate !== undefined
  return offer([
    { id: 'duty-reset', title: 'As the run was', group: 'Duty cycle', keys: '0', run: askNothing },
    { ...command('half', 'Half as many windows', '[', () => timesRate(0.5)), isPossible: canPace },
    { ...command('twice', 'Twice as many windows', ']', () => timesRate(2)), isPossible: canPace },
    command('regulator', 'DC/DC or LDO', 'd', () => ({
      regulator: other(now().regulator, 'dcdc', 'ldo', own.regulator),
    })),
    command('hfxo', 'Crystal oscillator on or off', 'h', () => ({
      hfxo: other(now().hfxo, 'on', 'off', own.hfxo),
    })),
    command('cell', 'CR2032, 2 AAA or LiPo', 'b', () => {
      const cells = [undefined, 'CR2032', '2xAAA', 'lipo:500']
      const at = cells.indexOf(asked().settings.cell)
      return { cell: cells[(at + 1) % cells.length] }
    }),
  ])
}
