import type { DutyPrice, PartPrice, Priced } from '../../../runs/pricing/price.ts'
import { partsShown } from '../../../runs/pricing/duty-report.ts'
import { changeWords } from '../../../runs/pricing/words.ts'
import type { PowerReport } from '../../../runs/report/power-report.ts'
import { percent } from '../../../runs/report/show/format.ts'
import { current } from '../../../runs/report/show/words/power.ts'
import { Panel } from '../../design/surfaces.tsx'
import { Table } from '../../design/table.tsx'
import { tipFor } from '../../design/tip.tsx'
import styles from './parts.module.css'

/** Parts that have a colour of their own; all others are drawn together. */
const COLOURED = 7
const OTHERS = 'all others'

interface Piece {
  readonly name: string
  readonly microamps: number
  /** A colour and a hatch, by number. */
  readonly look: number
}

/** What each part draws: as it was in the run, and as it is asked for. */
export function Parts({ price, run }: { readonly price: DutyPrice; readonly run: PowerReport }) {
  const shown = partsShown(price.parts)
  const looks = looksOf(shown)
  const most = Math.max(price.board.highMicroamps, run.board.highMicroamps, 1e-9)
  return (
    <Panel flush title="By part" aside={<span class="soft">µA of the board; the line is the interval</span>}>
      <div class={styles['bars']}>
        <StackedBar
          title="In the run"
          pieces={piecesOf(shown, looks, ({ runMicroamps }) => runMicroamps ?? 0)}
          figures={run.board}
          most={most}
        />
        <StackedBar
          title="As asked"
          pieces={piecesOf(shown, looks, ({ averageMicroamps }) => averageMicroamps)}
          figures={price.board}
          most={most}
        />
      </div>
      <Table
        caption="Price by part"
        rows={[
          ...(['board', 'chip'] as const).map((name) => ({
            part: name,
            group: name,
            runMicroamps: run[name].averageMicroamps,
            ...price[name],
          })),
          ...shown,
        ]}
        keyOf={({ part }) => part}
        most={12}
        columns={[
          {
            title: 'Part',
            show: ({ part, group }) =>
              part === group ? (
                <strong>{part}</strong>
              ) : (
                <span class={styles['part']}>
                  <span class={styles['swatch']} data-look={looks.get(part) ?? COLOURED} aria-hidden="true" />
                  {part}
                </span>
              ),
          },
          { title: 'Average', isNumber: true, show: (row) => current(row.averageMicroamps) },
          {
            title: 'From',
            isNumber: true,
            show: (row) => <span class="soft">{current(row.lowMicroamps)}</span>,
          },
          {
            title: 'To',
            isNumber: true,
            show: (row) => <span class="soft">{current(row.highMicroamps)}</span>,
          },
          {
            title: 'In the run',
            isNumber: true,
            show: ({ runMicroamps }) => (runMicroamps === null ? '' : current(runMicroamps)),
          },
          {
            title: 'Change',
            isNumber: true,
            show: ({ averageMicroamps, runMicroamps }) => (
              <span class={averageMicroamps === runMicroamps ? 'soft' : undefined}>
                {changeWords(averageMicroamps - (runMicroamps ?? 0))}
              </span>
            ),
          },
        ]}
      />
    </Panel>
  )
}

/** The largest in either bar have one. */
const looksOf = (parts: readonly PartPrice[]): ReadonlyMap<string, number> =>
  new Map(
    [...parts]
      .sort((a, b) => weight(b) - weight(a) || (a.part < b.part ? -1 : 1))
      .slice(0, COLOURED)
      .map(({ part }, i) => [part, i]),
  )

const weight = ({ averageMicroamps, runMicroamps }: PartPrice): number =>
  Math.max(averageMicroamps, runMicroamps ?? 0)

function piecesOf(
  parts: readonly PartPrice[],
  looks: ReadonlyMap<string, number>,
  of: (part: PartPrice) => number,
): readonly Piece[] {
  const own = [...looks].map(([name, look]) => {
    const part = parts.find((one) => one.part === name)
    return { name, look, microamps: part ? of(part) : 0 }
  })
  const rest = parts.filter(({ part }) => !looks.has(part)).reduce((sum, part) => sum + of(part), 0)
  return [...own, { name: OTHERS, look: COLOURED, microamps: rest }].filter(({ microamps }) => microamps > 0)
}

/** From this share of the bar on, a piece has room for its name. */
const ROOM = 0.13

function StackedBar({
  title,
  pieces,
  figures,
  most,
}: {
  readonly title: string
  readonly pieces: readonly Piece[]
  readonly figures: Omit<Priced, 'chargeMicrocoulombs'>
  readonly most: number
}) {
  const at = (microamps: number): string => `${(100 * microamps) / most}%`
  const { averageMicroamps, lowMicroamps, highMicroamps } = figures
  const total = Math.max(averageMicroamps, 1e-12)
  return (
    <figure
      class={styles['bar']}
      aria-label={`${title}: ${current(averageMicroamps)} µA, ${current(lowMicroamps)} to ${current(highMicroamps)}`}
    >
      <figcaption>
        <span>{title}</span>
        <span class="number">
          <strong>{current(averageMicroamps)}</strong> µA{' '}
          <span class="soft">
            {current(lowMicroamps)} to {current(highMicroamps)}
          </span>
        </span>
      </figcaption>
      <div class={styles['track']} aria-hidden="true">
        <div class={styles['filled']} style={{ width: at(averageMicroamps) }}>
          {pieces.map(({ name, look, microamps }) => (
            <span
              key={name}
              class={styles['piece']}
              data-look={look}
              style={{ flexGrow: microamps / total }}
              {...tipFor(() => (
                <>
                  <strong>{name}</strong>
                  <div class="number">
                    {current(microamps)} µA, {percent(microamps / total)}
                  </div>
                </>
              ))}
            >
              {microamps / most > ROOM && <span class={styles['name']}>{name}</span>}
            </span>
          ))}
        </div>
        <span
          class={styles['interval']}
          style={{ left: at(lowMicroamps), width: at(Math.max(highMicroamps - lowMicroamps, 0)) }}
        />
      </div>
    </figure>
  )
}
