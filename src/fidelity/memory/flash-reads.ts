import type { SourceName } from '../../../runs/open-parameters/sources.ts'

/** What a measurement says of `flashReadWait`: the cycles of one read at which ours would be the published figure. */
export interface FlashReadFigure {
  readonly what: string
  readonly use: 'blind' | 'used'
  readonly waits: number
  /** Of those cycles: other compilers, and what the source does not say. */
  readonly error: number
  readonly source: SourceName
  readonly note: string
}

export const flashReadFigures: readonly FlashReadFigure[] = [
  {
    what: 'AES-128, tables in flash less tables in RAM, 160 reads at random a block; eight figures: four levels, one table and four',
    use: 'used',
    waits: 3.2,
    error: 0.4,
    source: 'nist',
    note: '2.5, 3.4, 3.5, 3.8 with four tables, 2.8, 3.2, 3.0, 3.4 with one, at -Os, -O1, -O2, -O3. The error is what these differ by.',
  },
  {
    what: 'CRC-32 of 50 bytes by a table of 1 kB, a loop of seven instructions, given in full: 800 cycles',
    use: 'blind',
    waits: 4,
    error: 0.7,
    source: 'devzoneCrc',
    note: 'Ours, cache on: 774 and 824 at waits of 3 and 4, the loop at 0 mod 4; 725, 775, 825 at 3, 4, 5, at 2 mod 4. Which it was is not said, nor that the cache was on: without it 1188 and more.',
  },
  {
    what: 'nine layers of 10 x 10 in float, weights in flash: four differences of networks',
    use: 'blind',
    waits: 3.4,
    error: 1.6,
    source: 'networks',
    note: 'The table of networks. The error is five per cent, for another compiler.',
  },
  {
    what: 'a layer of 10 x 50 and 40 more inputs, in float: four differences of networks',
    use: 'blind',
    waits: 1,
    error: 2,
    source: 'networks',
    note: 'The same; of Digits, the widest, ours would be over without any wait.',
  },
]

/** How many errors a figure is from a wait. */
export const errorsOff = ({ waits, error }: FlashReadFigure, wait: number): number => (wait - waits) / error

/** No figure is three errors off. */
export const allowsWait = (wait: number): boolean =>
  flashReadFigures.every((figure) => Math.abs(errorsOff(figure, wait)) < 3)
