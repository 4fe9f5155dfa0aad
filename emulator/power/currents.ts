import { checkCurrents } from './coefficients.ts'
import type { CurrentTable, Evidence, PartCurrents, StateCurrent } from './coefficients.ts'
import { PART_CURRENTS } from './part-currents.ts'
import { estimate, row } from './rows.ts'

/*
 * Nordic publishes what a scenario draws from the supply: a TIMER's 418 uA holds the high-frequency clock that it keeps
 * running, the regulator and the sleeping rest. Adding such figures counts those again for every part. So each figure
 * is taken apart: a part's own current, and resources (HFCLK, HFXO, PCLK16M) that are charged once, while anyone
 * requests them. Each published scenario comes out again as the sum; currents.test.ts holds them all.
 */

/** ION_RAMON_EVENT: everything that a scenario with the CPU asleep already holds. */
const SYSTEM_ON = 2.35
/** IOFF_RAMON_RESET - IOFF_RAMOFF_RESET. */
const RAM_256_KB = 1.86 - 0.4
/** ITIMER0 - ION_RAMON_EVENT. */
const HFCLK = 418 - SYSTEM_ON
/** ITIMER2 - ITIMER0. */
const HFXO = 646 - 418
/** ITIMER3 - ITIMER0; also ITIMER4 - ITIMER2, and ITIMER1 shows that a second TIMER adds nothing. */
const PCLK16M = 595 - 418
/** ICPU1 / ICPU0. */
const LDO_FACTOR = 6300 / 3300
/** What a scenario on HFXO with the CPU asleep draws, by regulator. */
const ON_HFXO = { dcdc: SYSTEM_ON + HFCLK + HFXO, ldo: SYSTEM_ON + (HFCLK + HFXO) * LDO_FACTOR }

const PS = 'nRF52840 Product Specification v1.11, Current consumption'
const PS_GPIO = 'nRF52840 Product Specification v1.11, GPIO'
const NRF9160_PWM = 'a relative, nRF9160: IPWM0 0.51 mA, IPWM1 (16 MHz) 0.68 mA in all'
const NRF52820 = 'a relative: nRF52820 Product Specification, Current consumption'
const SCENARIO = '3.0 V, 25 C, full RAM'

const derived = (
  microamps: number,
  ratio: number,
  source: string,
  requests?: readonly string[],
): StateCurrent => row(microamps, ratio, 'derived', SCENARIO, source, requests)

/** Own current of a part that needs HFXO while active, from scenarios with both regulators. */
const onHfxo = (dcdc: number, ldo: number | undefined, ratio: number, source: string): StateCurrent => ({
  ...derived(dcdc - ON_HFXO.dcdc, ratio, source, ['HFCLK']),
  ...(ldo === undefined ? {} : { ldoMicroamps: ldo - ON_HFXO.ldo }),
})

const chip = (states: Readonly<Record<string, StateCurrent>>, regulated = true): PartCurrents => ({
  group: 'chip',
  regulated,
  states,
})

const clockRequest = (conditions: string): StateCurrent =>
  row(0, 0, 'derived', conditions, `${PS}: its clock is charged to the resource`, ['HFCLK'])

const CPU_FLASH = `${PS}: ICPU0 3.3 mA, ICPU1 6.3 mA (LDO), less ITIMER2's clock and sleep current`
const CPU_RAM = `${PS}: ICPU2 2.8 mA, less ITIMER2's clock and sleep current`
/** What a scenario with HFINT and the CPU asleep draws. */
const ON_HFINT = SYSTEM_ON + HFCLK
/** Beside a clock, of a peripheral that uses RAM, once for all of them. */
const RAM_ACCESS = 350
const EASYDMA =
  'relatives in all, less HFCLK and 55 uA: nRF5340 ITWIM2 1.00 mA, nRF9160 ITWIM_400 0.59 mA; DevZone 94151, Nordic ' +
  'support, nRF52840: about 1 mA, shared by all peripherals that use RAM'
const SERIAL =
  'DevZone 66914, Nordic support, nRF52832: run current 55 uA beside HFCLK; DevZone 94151, nRF52840: some hundred uA'
const WHOLE = 'DevZone 94151, nRF52840: about 1 mA in all, less HFCLK, EASYDMA and sleep current'
const WAITING =
  'DevZone 84113, nRF52840: 0.60 mA in all with UART and RTC, less HFCLK and sleep current; relatives: nRF5340 ' +
  'IUARTE,IDLE0 0.65 mA; nRF52832, DevZone 66914, 1.67 mA'

/** Radio, by TXPOWER in dBm: published rows, and between them by straight lines. */
const transmit = (
  dcdc: number,
  ldo: number | undefined,
  evidence: Evidence,
  source: string,
): StateCurrent => ({
  ...onHfxo(dcdc, ldo, 0.1, source),
  evidence,
})
const RADIO_TX = `${PS}: IRADIO_TX, less ITIMER2's clock and sleep current`
const between = 'straight line between the published output powers'
const RADIO: Readonly<Record<string, StateCurrent>> = {
  rampUp: {
    ...onHfxo(6260, 10_100, 0.3, `${PS}: no row for ramp-up; taken as receiving`),
    evidence: 'estimate',
  },
  receive: onHfxo(
    6260,
    10_100,
    0.1,
    `${PS}: IRADIO_RX 6.26 mA, 10.10 mA (LDO), less ITIMER2's clock and sleep`,
  ),
  idle: {
    ...onHfxo(3830, 4820, 0.3, `${PS}: no row for TXIDLE and RXIDLE; taken as -40 dBm`),
    evidence: 'estimate',
  },
  'transmit 8 dBm': transmit(16_400, undefined, 'derived', RADIO_TX),
  'transmit 7 dBm': transmit(15_150, undefined, 'estimate', between),
  'transmit 6 dBm': transmit(13_900, undefined, 'estimate', between),
  'transmit 5 dBm': transmit(12_650, undefined, 'estimate', between),
  'transmit 4 dBm': transmit(11_400, undefined, 'estimate', between),
  'transmit 3 dBm': transmit(10_150, undefined, 'estimate', between),
  'transmit 2 dBm': transmit(8900, undefined, 'estimate', between),
  'transmit 0 dBm': transmit(6400, 10_800, 'derived', RADIO_TX),
  'transmit -4 dBm': transmit(6143, 10_202, 'estimate', between),
  'transmit -8 dBm': transmit(5886, 9604, 'estimate', between),
  'transmit -12 dBm': transmit(5629, 9006, 'estimate', between),
  'transmit -16 dBm': transmit(5372, 8408, 'estimate', between),
  'transmit -20 dBm': transmit(5115, 7810, 'estimate', between),
  'transmit -40 dBm': transmit(3830, 4820, 'derived', RADIO_TX),
}

const USES_RAM = ['HFCLK', 'EASYDMA']
/** About 1 mA in all was measured of it. */
const measuredWhole = (conditions: string): StateCurrent => ({
  ...row(1000 - ON_HFINT - RAM_ACCESS, 0, 'measured', conditions, WHOLE, USES_RAM),
  range: [80, 700],
})

const serial = {
  idle: estimate(1, [0, 5], 'enabled, nothing moving', 'no published row'),
  transfer: estimate(55, [20, 300], 'bits moving', SERIAL, USES_RAM),
}

const USB_LDO = 7730 - 6300
const USB_VDD = `${PS}: IUSB,ACTIVE,VDD 7.73 mA with the CPU running and the LDO, less ICPU1 6.3 mA`

const CHIP: Readonly<Record<string, PartCurrents>> = {
  HFCLK: chip({ on: derived(HFCLK, 0.1, `${PS}: ITIMER0 418 uA - ION_RAMON_EVENT 2.35 uA`) }),
  PCLK16M: chip({ on: derived(PCLK16M, 0.15, `${PS}: ITIMER3 595 uA - ITIMER0 418 uA`) }),
  EASYDMA: chip({ on: estimate(RAM_ACCESS, [80, 1000], 'a DMA channel active', EASYDMA) }),
  HFXO: chip({
    running: derived(HFXO, 0.2, `${PS}: ITIMER2 646 uA - ITIMER0 418 uA`),
    starting: estimate(HFXO, [150, 700], 'first 360 us', 'no published row; as running'),
  }),
  CPU: chip({
    'flash, cache on': onHfxo(3300, 6300, 0.15, CPU_FLASH),
    'flash, cache off': estimate(
      2954,
      [2654, 3600],
      'every fetch from flash',
      `${CPU_FLASH}; + 0.3 mA for the fetches`,
      ['HFCLK'],
    ),
    RAM: { ...onHfxo(2800, undefined, 0.15, CPU_RAM) },
    stalled: estimate(
      1250,
      [600, 2654],
      'waits for the NVMC',
      'as the UDIV loop of DevZone 115859 (1.9 mA)',
      ['HFCLK'],
    ),
    asleep: row(0, 0, 'published', 'WFI or WFE', `${PS}: ION_RAMON_EVENT is charged to POWER and RAM`),
    'asleep, cache on': row(100, 1, 'measured', 'ICACHECNF enabled in sleep', 'PebbleOS PR 99: up to 200 uA'),
  }),
  POWER: chip(
    {
      lowPower: derived(SYSTEM_ON - RAM_256_KB, 0.15, `${PS}: ION_RAMON_EVENT 2.35 uA - RAM 1.46 uA`),
      constantLatency: row(
        590 - HFCLK - RAM_256_KB,
        0.15,
        'measured',
        SCENARIO,
        'measured by users: 0.59 mA, less HFCLK and RAM; nRF9160, IMCUON2: 0.60 mA',
        ['HFCLK'],
      ),
      systemOff: row(0.4, 0.15, 'published', '3.0 V, no RAM, wake on reset', `${PS}: IOFF_RAMOFF_RESET`),
    },
    false,
  ),
  RAM: chip(
    {
      powered: derived(
        RAM_256_KB / 256,
        0.2,
        `${PS}: (IOFF_RAMON_RESET 1.86 - IOFF_RAMOFF_RESET 0.40 uA) / 256 kB`,
      ),
    },
    false,
  ),
  POFCON: chip({ on: estimate(0.5, [0, 2], 'power-fail comparator', 'no published row') }, false),
  LFCLK: chip(
    {
      LFRC: derived(0.71, 0.3, `${PS}: ION_RAMON_RTC 3.16 - ION_RAMON_EVENT 2.35 uA, 0.10 of it the RTC's`),
      LFXO: estimate(
        0.25,
        [0.15, 0.5],
        '32 768 Hz crystal',
        'nRF5340 Product Specification: ILFXO 0.16 uA; older chips more',
      ),
      LFSYNT: estimate(100, [10, 200], 'needs HFXO', 'no published row', ['HFCLK']),
    },
    false,
  ),
  RTC: chip({ running: estimate(0.1, [0.05, 0.2], 'beside LFCLK', `${PS}: share of ION_RAMON_RTC`) }, false),
  WDT: chip({ running: estimate(0.1, [0.05, 2.5], 'beside LFCLK', 'as an RTC; no row confirmed') }, false),
  TIMER: chip({
    'timer, up to 1 MHz': clockRequest('PCLK1M'),
    'timer, above 1 MHz': row(0, 0, 'derived', 'PCLK16M', `${PS}: ITIMER3`, ['HFCLK', 'PCLK16M']),
    counter: clockRequest('counter mode'),
  }),
  UARTE: chip({
    idle: serial.idle,
    receive: {
      ...row(600 - ON_HFINT, 0, 'measured', 'receiver started', WAITING, ['HFCLK']),
      range: [90, 1250],
    },
    'receive, legacy': estimate(
      55,
      [20, 300],
      'receiver started, no DMA',
      `${SERIAL}; 450 uA in all measured`,
      ['HFCLK'],
    ),
    transmit: serial.transfer,
    'transmit, legacy': estimate(55, [20, 300], 'no DMA', SERIAL, ['HFCLK']),
  }),
  TWIM: chip(serial),
  SPIM: chip({ ...serial, transfer: measuredWhole('bits moving') }),
  PDM: chip({
    idle: serial.idle,
    running: measuredWhole('one or two channels'),
  }),
  I2S: chip({
    running: estimate(55, [20, 600], 'one channel', 'a relative, nRF9160: II2S0 0.60 mA in all', USES_RAM),
  }),
  PWM: chip({
    idle: estimate(0, [0, 5], 'enabled, stopped', 'no published row'),
    running: estimate(50, [0, 200], 'one module', NRF9160_PWM, ['HFCLK', 'PCLK16M']),
  }),
  SAADC: chip({
    idle: estimate(0, [0, 10], 'enabled, not started', 'no published row'),
    running: derived(
      1240 - SYSTEM_ON - HFCLK,
      0.15,
      `${PS}: ISAADC,RUN 1.24 mA at 16 ksps, less clock and sleep`,
      ['HFCLK'],
    ),
  }),
  LPCOMP: chip({ running: estimate(0.46, [0.3, 1], 'reference ladder on', 'no row confirmed') }, false),
  COMP: chip({
    'running, low': estimate(21.4, [15, 40], 'SP = low', `${NRF52820}: ICOMP,LP`),
    'running, normal': estimate(25.3, [15, 50], 'SP = normal', `${NRF52820}: ICOMP,NORM`),
    'running, high': estimate(33, [20, 60], 'SP = high', `${NRF52820}: ICOMP,HS`),
  }),
  RNG: chip({ running: estimate(217, [100, 400], 'beside HFCLK', 'no row confirmed', ['HFCLK']) }),
  TEMP: chip({ running: estimate(630, [300, 900], 'beside HFCLK', 'no row confirmed', ['HFCLK']) }),
  ECB: chip({ running: estimate(300, [50, 800], 'one block', 'no published row', ['HFCLK']) }),
  CCM: chip({ running: estimate(300, [50, 800], 'CCM or AAR', 'no published row; as ECB', ['HFCLK']) }),
  CRYPTOCELL: chip({
    running: estimate(1000, [200, 5000], 'AES, a hash or the random generator', 'no published row', [
      'HFCLK',
    ]),
  }),
  QSPI: chip({
    activated: estimate(300, [20, 1500], 'activated, nothing moving', 'no published row', ['HFCLK']),
    transfer: estimate(500, [100, 3000], 'bits moving', 'no published row', USES_RAM),
  }),
  QDEC: chip({
    running: estimate(5, [1, 60], 'sampling', 'no published row', ['HFCLK']),
  }),
  NFCT: chip({
    sensing: estimate(0.1, [0.05, 1], 'SENSE, no field', 'no row confirmed'),
    activated: estimate(400, [100, 700], 'ACTIVATED', 'no row confirmed', ['HFCLK']),
  }),
  NVMC: chip({
    writing: estimate(4000, [1500, 7000], 'word write', 'no published row', ['HFCLK']),
    erasing: estimate(4000, [1500, 7000], 'page erase', 'no published row', ['HFCLK']),
  }),
  RADIO: chip(RADIO),
  USBD: chip({
    active: {
      ...row(USB_LDO / LDO_FACTOR, 0.3, 'derived', 'from VDD; a host, or waiting for one', USB_VDD),
      ldoMicroamps: USB_LDO,
    },
    suspended: estimate(
      173,
      [20, 200],
      'from VDD; the bus is idle',
      `${PS}: IUSB,SUSPEND,VDD 173 uA, which holds what else is on in sleep`,
    ),
  }),
  USBREG: chip(
    {
      active: row(2400, 0.15, 'published', 'from VBUS, 5 V', `${PS}: IUSB,ACTIVE,VBUS`),
      suspended: row(262, 0.15, 'published', 'from VBUS, 5 V', `${PS}: IUSB,SUSPEND,VBUS`),
    },
    false,
  ),
  GPIO: chip(
    {
      'pull against the level': {
        ...row(
          3 / 13e-3,
          0,
          'derived',
          'a pin; its pull fights what drives it',
          `${PS_GPIO}: RPU, RPD 13 kOhm (11 to 16)`,
        ),
        range: [3 / 16e-3, 3 / 11e-3],
      },
    },
    false,
  ),
  GPIOTE: chip({
    'input events': estimate(
      15,
      [10, 20],
      'a channel in event mode',
      'as the nRF9160: IMCUON3 18 uA - IMCUON4 1.8 uA',
    ),
  }),
  DEBUG: chip({
    trace: estimate(1000, [300, 3000], 'trace port clocked', 'no published row', ['HFCLK']),
    attached: estimate(1200, [500, 3000], 'debugger attached', 'no published row', ['HFCLK']),
  }),
  REG1: chip(
    { LDO: row(0, 0, 'published', 'reset state', PS), 'DC/DC': row(0, 0, 'published', 'DCDCEN = 1', PS) },
    false,
  ),
  REG0: chip(
    { LDO: row(0, 0, 'published', 'reset state', PS), 'DC/DC': row(0, 0, 'published', 'DCDCEN0 = 1', PS) },
    false,
  ),
  ICACHE: chip({ on: row(0, 0, 'derived', 'charged to the CPU', 'see CPU, asleep with cache on') }),
}

/** The nRF52840 and the parts around it. */
export const CURRENTS: CurrentTable = checkCurrents({
  ldoFactor: LDO_FACTOR,
  parts: { ...CHIP, ...PART_CURRENTS },
})
