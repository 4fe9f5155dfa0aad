import type { DutyModel } from '../../../runs/pricing/duty-model.ts'
import { cellOf } from '../../../runs/pricing/price.ts'
import type { DutySettings } from '../../../runs/pricing/settings.ts'
import { Field, inputClass } from '../../design/controls.tsx'
import { ladder, Slider } from '../../design/slider.tsx'
import { ask, askTyped } from './asked.ts'

const LIPO = 'lipo:'
const SIZES = ladder(20, 10_000)
const FIRST = 500

export function CellControl({
  model,
  settings,
}: {
  readonly model: DutyModel
  readonly settings: DutySettings
}) {
  const { cell: own } = model.own
  const chosen = cellOf(model, settings)
  const isLipo = chosen?.name.startsWith('LiPo') ?? false
  return (
    <>
      <Field label={own === undefined ? 'Cell' : `Cell · in the run ${own}`}>
        <select
          class={inputClass}
          value={isLipo ? LIPO : (chosen?.name ?? '')}
          onChange={({ currentTarget: { value } }) => {
            ask({ cell: value === '' ? undefined : value === LIPO ? `${LIPO}${FIRST}` : value })
          }}
        >
          {own === undefined && <option value="">none</option>}
          <option value="CR2032">CR2032, 3 V, 225 mAh</option>
          <option value="2xAAA">2 AAA, 3 V, 1200 mAh</option>
          <option value={LIPO}>LiPo, 3.7 V</option>
        </select>
      </Field>
      {isLipo && chosen && (
        <Slider
          label="Its capacity"
          unit="mAh"
          values={SIZES}
          value={chosen.milliampHours}
          text={(value) => `${value} mAh`}
          onChange={(value) => {
            ask({ cell: `${LIPO}${value}` })
          }}
          onType={(text) => askTyped('cell', `${LIPO}${text}`)}
        />
      )}
    </>
  )
}
