import { useSignal } from '@preact/signals'
import type {
  ChargeReport,
  CoefficientReport,
  PartPowerReport,
  PhasePowerReport,
  PowerReport,
} from '../../../runs/report/power-report.ts'
import type { RunReport } from '../../../runs/report/run-report.ts'
import { duration, grouped, percent } from '../../../runs/report/show/format.ts'
import { current, powerConclusions } from '../../../runs/report/show/words/power.ts'
import { Empty, Panel } from '../../design/surfaces.tsx'
import { Table, type Column } from '../../design/table.tsx'
import styles from './current.module.css'
import { ShareBar } from './share-bar.tsx'

/** Current by part and phase, with what it rests on. */
export function CurrentTab({ report }: { readonly report: RunReport }) {
  const { power, run, board } = report
  if (run.cycles === 0)
    return (
      <Empty icon="costs" title="No time has passed">
        <p>Current is charge by time: let the firmware run.</p>
      </Empty>
    )
  return (
    <>
      <Panel title="What it comes to">
        <dl class={styles['facts']}>
          {powerConclusions({ power, run }, 'below').map(([name, text], i) => (
            <div key={i}>
              <dt>{name}</dt>
              <dd>{text.replaceAll(/\bu([ACJ])\b/g, 'µ$1')}</dd>
            </div>
          ))}
        </dl>
      </Panel>
      <Parts power={power} clockHz={board.clockHz} />
      {power.phases.length > 0 && <Phases power={power} />}
      <Coefficients power={power} />
    </>
  )
}

type Drawn = ChargeReport & { readonly peakMicroamps: number }

interface Row extends Drawn {
  readonly key: string
  readonly name: string
  readonly isSum: boolean
  readonly share: number
  readonly note: string
}

function Parts({ power, clockHz }: { readonly power: PowerReport; readonly clockHz: number }) {
  const chosen = useSignal('')
  const total = power.board.chargeMicrocoulombs
  const sum = (name: string, drawn: PowerReport['board']): Row => ({
    ...drawn,
    key: name,
    name,
    isSum: true,
    share: total === 0 ? 0 : drawn.chargeMicrocoulombs / total,
    note: `median ${current(drawn.medianMicroamps)}`,
  })
  const rows: readonly Row[] = [
    sum('board', power.board),
    sum('chip', power.chip),
    ...power.parts.map((part) => ({
      ...part,
      key: `part ${part.part}`,
      name: part.part,
      isSum: false,
      note: part.estimate ? 'estimate' : '',
    })),
  ]
  const part = power.parts.find(({ part: name }) => `part ${name}` === chosen.value)
  return (
    <Panel
      flush
      title="By part"
      aside={
        <span class="soft">
          µA at {power.supplyVolts} V; from and to: every coefficient at that end at once
        </span>
      }
    >
      <Table
        caption="Current by part"
        rows={rows}
        keyOf={({ key }) => key}
        chosen={chosen.value}
        onChoose={({ key }) => (chosen.value = chosen.value === key ? '' : key)}
        columns={partColumns}
      />
      {part && <States part={part} power={power} clockHz={clockHz} />}
    </Panel>
  )
}

const interval = <Kind extends ChargeReport>(): readonly Column<Kind>[] => [
  {
    title: 'Average',
    isNumber: true,
    show: ({ averageMicroamps }) => current(averageMicroamps),
    order: ({ averageMicroamps }) => averageMicroamps,
  },
  {
    title: 'From',
    isNumber: true,
    show: ({ lowMicroamps }) => <span class="soft">{current(lowMicroamps)}</span>,
  },
  {
    title: 'To',
    isNumber: true,
    show: ({ highMicroamps }) => <span class="soft">{current(highMicroamps)}</span>,
  },
]

const partColumns: readonly Column<Row>[] = [
  {
    title: 'Part',
    show: ({ name, isSum }) => (isSum ? <strong>{name}</strong> : <span>{name}</span>),
    order: ({ name }) => name,
  },
  ...interval<Row>(),
  {
    title: 'Peak',
    isNumber: true,
    show: ({ peakMicroamps }) => current(peakMicroamps),
    order: ({ peakMicroamps }) => peakMicroamps,
  },
  {
    title: 'Charge',
    isNumber: true,
    isWide: true,
    show: ({ share }) => <ShareBar share={share} />,
    order: ({ share }) => share,
  },
  { title: 'Rests on', show: ({ note }) => <span class={noteClass(note)}>{note}</span> },
]

const noteClass = (note: string): string | undefined =>
  note === 'estimate' ? styles['estimate'] : note === '' ? undefined : 'soft'

/** In which states a part spent its charge, and on which coefficients that rests. */
function States({
  part,
  power,
  clockHz,
}: {
  readonly part: PartPowerReport
  readonly power: PowerReport
  readonly clockHz: number
}) {
  const rows = [
    ...part.states.map(({ state, cycles, averageMicroamps, chargeMicrocoulombs }) => ({
      state,
      cycles: duration(cycles / clockHz),
      averageMicroamps,
      chargeMicrocoulombs,
    })),
    ...part.events.map(({ event, count, chargeMicrocoulombs }) => ({
      state: event,
      cycles: `${grouped(count)} times`,
      averageMicroamps: undefined,
      chargeMicrocoulombs,
    })),
  ]
  const rests = power.coefficients.filter((one) => one.part === part.part)
  return (
    <div class={styles['states']}>
      <h3>{part.part}</h3>
      <Table
        caption={`States of ${part.part}`}
        rows={rows}
        keyOf={({ state }) => state}
        columns={[
          { title: 'State', show: ({ state }) => state },
          { title: 'For', isNumber: true, show: ({ cycles }) => cycles },
          {
            title: 'µA',
            isNumber: true,
            show: ({ averageMicroamps: value }) => (value === undefined ? '' : current(value)),
          },
          {
            title: 'µC',
            isNumber: true,
            show: ({ chargeMicrocoulombs }) => current(chargeMicrocoulombs),
            order: ({ chargeMicrocoulombs }) => chargeMicrocoulombs,
          },
        ]}
      />
      {rests.length > 0 && (
        <Table
          caption={`Coefficients of ${part.part}`}
          rows={rests}
          keyOf={({ state }) => state}
          columns={coefficientColumns.slice(1)}
        />
      )}
    </div>
  )
}

function Phases({ power }: { readonly power: PowerReport }) {
  const names = [
    ...new Set(power.phases.flatMap(({ microcoulombsByPart }) => Object.keys(microcoulombsByPart))),
  ]
  const order = power.parts.map(({ part }) => part).filter((part) => names.includes(part))
  const parts = order.filter((part) =>
    power.phases.some(
      ({ microcoulombsByPart, chargeMicrocoulombs }) =>
        (microcoulombsByPart[part] ?? 0) >= LEAST_SHARE * chargeMicrocoulombs,
    ),
  )
  return (
    <>
      <Panel flush title="By phase" aside={<span class="soft">the whole board, µA</span>}>
        <Table
          caption="Current by phase"
          rows={power.phases}
          keyOf={({ phase }) => phase}
          columns={phaseColumns}
        />
      </Panel>
      <Panel
        flush
        title="Parts by phase"
        aside={<span class="soft">µC a pass; parts of at least {percent(LEAST_SHARE)} of a phase</span>}
      >
        <Table
          caption="Charge of a pass by part and phase"
          rows={parts}
          keyOf={(part) => part}
          columns={[
            { title: 'Part', show: (part) => part },
            ...power.phases.map(({ phase, microcoulombsByPart, passes }): Column<string> => ({
              title: phase,
              isNumber: true,
              show: (part) => current((microcoulombsByPart[part] ?? 0) / Math.max(passes, 1)),
              order: (part) => microcoulombsByPart[part] ?? 0,
            })),
          ]}
        />
      </Panel>
    </>
  )
}

const LEAST_SHARE = 0.0005

const phaseColumns: readonly Column<PhasePowerReport>[] = [
  { title: 'Phase', show: ({ phase }) => phase },
  ...interval<PhasePowerReport>(),
  {
    title: 'µC a pass',
    isNumber: true,
    show: ({ chargeMicrocoulombs, passes }) => current(chargeMicrocoulombs / Math.max(passes, 1)),
  },
  {
    title: 'µJ a pass',
    isNumber: true,
    show: ({ energyMicrojoules, passes }) => current(energyMicrojoules / Math.max(passes, 1)),
  },
  {
    title: 'Passes',
    isNumber: true,
    show: ({ passes }) => grouped(passes),
    order: ({ passes }) => passes,
  },
]

function Coefficients({ power }: { readonly power: PowerReport }) {
  return (
    <Panel
      flush
      title="What it rests on"
      aside={<span class="soft">{percent(power.estimatedShare)} of the charge rests on estimates</span>}
    >
      <Table
        caption="Coefficients"
        rows={power.coefficients}
        keyOf={({ part, state, unit }) => `${part} ${state} ${unit}`}
        columns={coefficientColumns}
        most={30}
      />
    </Panel>
  )
}

const exact = (value: number): string => String(Number(value.toPrecision(6)))

const coefficientColumns: readonly Column<CoefficientReport>[] = [
  { title: 'Part', show: ({ part }) => part, order: ({ part }) => part },
  { title: 'State or event', show: ({ state }) => state },
  {
    title: 'Value',
    isNumber: true,
    show: ({ value, unit }) => `${exact(value)} ${unit === 'microamps' ? 'µA' : 'pC'}`,
  },
  {
    title: 'Interval',
    isNumber: true,
    show: ({ low, high }) => <span class="soft">{`${exact(low)} to ${exact(high)}`}</span>,
  },
  {
    title: 'Evidence',
    show: ({ evidence }) => <span class={noteClass(evidence)}>{evidence}</span>,
    order: ({ evidence }) => evidence,
  },
  {
    title: 'Source',
    isWide: true,
    show: ({ source, conditions }) => (
      <span class={styles['source']}>
        {source}
        {conditions !== '' && <span class="soft"> · {conditions}</span>}
      </span>
    ),
  },
]
