/** A sensor on a two-wire bus. */
export interface SensorDescription {
  readonly kind: 'lsm9ds1' | 'lsm6ds3' | 'bmi270' | 'bmm150' | 'hts221' | 'lps22hb' | 'hs3003' | 'apds9960'
  readonly name: string
  readonly scl: string
  readonly sda: string
  /** Pins that switch the sensor's supply and the bus's pull-ups; wired to the rail when not given. */
  readonly supplyPin?: string
  readonly pullUpPin?: string
  /** Where the interrupt pins of an LSM go; nowhere when not given. */
  readonly int1?: string
  readonly int2?: string
}

/** A serial flash on the pins of QSPI. */
export interface SerialFlashDescription {
  readonly kind: 'flash'
  readonly name: string
  readonly flash: 'MX25R6435F' | 'P25Q16H'
  readonly sck: string
  readonly csn: string
  readonly io0: string
  readonly io1: string
  /** Fed beside the feeds that are reported. */
  readonly isFedElsewhere?: boolean
}

/** A part soldered to the board. Pins are written as Nordic does: P0.22. */
export type PartDescription =
  | { readonly kind: 'led'; readonly name: string; readonly pin: string; readonly activeLow: boolean }
  | { readonly kind: 'button'; readonly name: string; readonly pin: string; readonly activeLow: boolean }
  | {
      readonly kind: 'microphone'
      readonly name: string
      readonly clock: string
      readonly data: string
      readonly side: 'left' | 'right'
      readonly supplyPin?: string
    }
  | SerialFlashDescription
  /** Something that answers nobody and stays in one state while it is supplied: it only draws current. */
  | { readonly kind: 'constant'; readonly name: string; readonly state: string; readonly supplyPin?: string }
  | SensorDescription
