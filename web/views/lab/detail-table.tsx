import { cellText, isCode, printable, sharedUnit, unitSuffix } from '../../../runs/lab-report/format.ts'
import type { DetailTable } from '../../../runs/lab-report/lab-report.ts'
import { Table, type Column } from '../../design/table.tsx'
import { Prose, QuantityText } from './parts.tsx'
import styles from './lab.module.css'

type Row = DetailTable['rows'][number]
type Cell = Row[number]

/** Shown until all are asked for. */
const MOST_ROWS = 16

/** A table of the report; a unit that all of a column have stands in its title alone. */
export function DetailTableView({ table }: { readonly table: DetailTable }) {
  const columns = table.columns.map(({ title, number }, i): Column<readonly [number, Row]> => {
    const cells = table.rows.map((row) => row[i] ?? null)
    const unit = sharedUnit(cells)
    const name = unitSuffix(unit ?? '', 'fine').trim()
    const head = printable(title)
    return {
      title: name === '' || head.includes(name) ? head : `${head}, ${name}`,
      isNumber: number,
      show: ([, row]) => <CellText cell={row[i] ?? null} isBare={unit !== null} />,
      order: ([, row]) => orderOf(row[i] ?? null),
    }
  })
  return (
    <Table
      caption={printable(table.title)}
      rows={table.rows.map((row, i) => [i, row] as const)}
      keyOf={([i]) => String(i)}
      columns={columns}
      most={MOST_ROWS}
    />
  )
}

function CellText({ cell, isBare }: { readonly cell: Cell; readonly isBare: boolean }) {
  if (typeof cell === 'object' && cell !== null) return <QuantityText of={cell} isBare={isBare} />
  if (isCode(cell))
    return (
      <pre class={styles['cell']} tabIndex={0}>
        <code>{cell.split('\n').map(printable).join('\n')}</code>
      </pre>
    )
  return typeof cell === 'string' ? <Prose text={cell} /> : <>{cellText(cell, 'fine')}</>
}

const orderOf = (cell: Cell): number | string =>
  cell === null ? -Infinity : typeof cell === 'object' ? cell.value : cell
