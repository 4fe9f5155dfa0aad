/** What a board looks like from above, in tenths of a millimetre, and what of it can be seen or pressed. */
export interface BoardPicture {
  readonly width: number
  readonly height: number
  /** Pads along its edges, by the board's own names; without a pin where it is power or ground. */
  readonly pads: readonly Pad[]
  readonly leds: readonly Light[]
  readonly buttons: readonly { readonly name: string; readonly x: number; readonly y: number }[]
  readonly parts: readonly Drawn[]
}

export interface Pad {
  readonly name: string
  /** As GPIO counts: 32 * port + pin. */
  readonly pin: number | undefined
  readonly x: number
  readonly y: number
}

export interface Light {
  /** As the emulated board calls it. */
  readonly name: string
  readonly label: string
  readonly colour: string
  readonly x: number
  readonly y: number
}

interface Drawn {
  readonly kind: 'usb' | 'module' | 'chip' | 'sensor'
  readonly label: string
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

const pinOf = (name: string): number | undefined => {
  const [, port, pin] = /^P([01])\.(\d\d)$/.exec(name) ?? []
  return port === undefined ? undefined : 32 * Number(port) + Number(pin)
}

/** `NAME=PIN` or `NAME`, one after the other in a row. */
const row = (x: number, y: number, step: number, text: string): readonly Pad[] =>
  text.split(' ').map((one, i) => {
    const [name = '', pin = ''] = one.split('=')
    return { name, pin: pinOf(pin), x: x + step * i, y }
  })

const [RED, GREEN, BLUE, AMBER] = ['#ff4d3d', '#33d17a', '#4a8dff', '#ffb02e']

/** Arduino ABX00031 and ABX00069: 45 x 18 mm, pins of the variant. @param inertial its motion sensor's name */
const nano = (inertial: string): BoardPicture => ({
  width: 450,
  height: 180,
  pads: [
    ...row(
      42,
      165,
      26,
      'D13=P0.13 3V3 AREF A0=P0.04 A1=P0.05 A2=P0.30 A3=P0.29 A4=P0.31 A5=P0.02 A6=P0.28 A7=P0.03 5V RST GND VIN',
    ),
    ...row(
      42,
      15,
      26,
      'D12=P1.08 D11=P1.01 D10=P1.02 D9=P0.27 D8=P0.21 D7=P0.23 D6=P1.14 D5=P1.13 D4=P1.15 D3=P1.12 D2=P1.11 GND RST RX=P1.10 TX=P1.03',
    ),
  ],
  leds: [
    { name: 'LED builtin', label: 'L', colour: AMBER, x: 68, y: 56 },
    { name: 'LED power', label: 'ON', colour: GREEN, x: 68, y: 96 },
    { name: 'LED red', label: 'R', colour: RED, x: 112, y: 96 },
    { name: 'LED green', label: 'G', colour: GREEN, x: 130, y: 96 },
    { name: 'LED blue', label: 'B', colour: BLUE, x: 148, y: 96 },
  ],
  buttons: [],
  parts: [
    { kind: 'usb', label: '', x: -14, y: 62, width: 58, height: 56 },
    { kind: 'module', label: 'nRF52840', x: 268, y: 40, width: 150, height: 100 },
    { kind: 'sensor', label: inertial, x: 170, y: 52, width: 62, height: 40 },
    { kind: 'sensor', label: 'mic', x: 188, y: 108, width: 40, height: 28 },
  ],
})

/** Seeed XIAO: 21 x 17.8 mm, drawn larger. */
const xiao: BoardPicture = {
  width: 420,
  height: 356,
  pads: [
    ...row(92, 330, 46, 'D0=P0.02 D1=P0.03 D2=P0.28 D3=P0.29 D4=P0.04 D5=P0.05 D6=P1.11'),
    ...row(92, 26, 46, '5V GND 3V3 D10=P1.15 D9=P1.14 D8=P1.13 D7=P1.12'),
  ],
  leds: [
    { name: 'LED red', label: 'R', colour: RED, x: 112, y: 92 },
    { name: 'LED green', label: 'G', colour: GREEN, x: 142, y: 92 },
    { name: 'LED blue', label: 'B', colour: BLUE, x: 172, y: 92 },
  ],
  buttons: [],
  parts: [
    { kind: 'usb', label: '', x: -26, y: 122, width: 104, height: 112 },
    { kind: 'module', label: 'nRF52840', x: 226, y: 86, width: 166, height: 184 },
    { kind: 'sensor', label: 'LSM6DS3TR-C', x: 96, y: 150, width: 112, height: 44 },
    { kind: 'sensor', label: 'mic', x: 118, y: 234, width: 60, height: 36 },
  ],
}

/** Nordic PCA10056: the rows that Arduino shields stand on. */
const dk: BoardPicture = {
  width: 560,
  height: 300,
  pads: [
    ...row(
      176,
      16,
      26,
      'AREF D13=P1.15 D12=P1.14 D11=P1.13 D10=P1.12 D9=P1.11 D8=P1.10 D7=P1.08 D6=P1.07 D5=P1.06 D4=P1.05 D3=P1.04 D2=P1.03 D1=P1.02 D0=P1.01',
    ),
    ...row(
      200,
      284,
      26,
      'VDD VDD RST VDD 5V GND GND VIN A0=P0.03 A1=P0.04 A2=P0.28 A3=P0.29 A4=P0.30 A5=P0.31',
    ),
  ],
  leds: [1, 2, 3, 4].map((n) => ({
    name: `LED ${n}`,
    label: `${n}`,
    colour: GREEN,
    x: 420 + 38 * ((n - 1) % 2),
    y: 76 + 38 * Math.floor((n - 1) / 2),
  })),
  buttons: [1, 2, 3, 4].map((n) => ({
    name: `Button ${n}`,
    x: 420 + 54 * ((n - 1) % 2),
    y: 168 + 54 * Math.floor((n - 1) / 2),
  })),
  parts: [
    { kind: 'usb', label: '', x: -14, y: 40, width: 48, height: 52 },
    { kind: 'usb', label: '', x: -14, y: 190, width: 48, height: 52 },
    { kind: 'chip', label: 'interface', x: 72, y: 108, width: 84, height: 84 },
    { kind: 'chip', label: 'nRF52840', x: 226, y: 94, width: 112, height: 112 },
  ],
}

/** By the name of the emulated board. */
export const pictures: Readonly<Record<string, BoardPicture>> = {
  'Arduino Nano 33 BLE Sense': nano('LSM9DS1'),
  'Arduino Nano 33 BLE Sense Rev2': nano('BMI270'),
  'Seeed XIAO nRF52840 Sense': xiao,
  'Nordic nRF52840-DK': dk,
}

export const boardChoices = [
  ['nano33ble', 'Arduino Nano 33 BLE Sense'],
  ['nano33blesenserev2', 'Arduino Nano 33 BLE Sense Rev2'],
  ['xiao', 'Seeed XIAO nRF52840 Sense'],
  ['nrf52840dk', 'Nordic nRF52840-DK'],
] as const

export const pinLabel = (pin: number): string => `P${pin >> 5}.${String(pin & 31).padStart(2, '0')}`
