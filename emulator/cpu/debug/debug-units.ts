import { ExceptionNumber } from '../exceptions/exception-numbers.ts'
import type { ExceptionModel } from '../exceptions/exceptions.ts'
import {
  constant,
  identification,
  keeping,
  remembered,
  stored,
  type Kept,
  type RegisterMap,
} from '../system/register-map.ts'

/** DEMCR; ARMv7-M ARM C1.6.5. */
const TRCENA = 1 << 24
const MON_EN = 1 << 16
const MON_PEND = 1 << 17
/** TRCENA, MON_REQ, MON_STEP and the vector catches, which only a halting debugger would heed. */
const DEMCR_STORED = 0x010c_07f1
/** DHCSR: register transfer complete, an instruction has retired. */
const S_REGRDY = 1 << 16
const S_RETIRE_ST = 1 << 24
const C_DEBUGEN = 1

export interface DebugContext {
  readonly exceptions: ExceptionModel
  readonly setTraceEnabled: (enabled: boolean) => void
  readonly onUnmodelled: (name: string, address: number, isWrite: boolean) => void
  /** DHCSR.C_DEBUGEN, which firmware reads to see whether a debugger is there. */
  readonly debuggerAttached: boolean
}

/** Core debug, C1.6. Halting debug is not modelled: software cannot switch it on either. */
export function addCoreDebug(map: RegisterMap, context: DebugContext): void {
  const { exceptions } = context
  const { nvic } = exceptions
  map.set(0xe000_edf0, {
    name: 'DHCSR',
    read: () => S_REGRDY | S_RETIRE_ST | (context.debuggerAttached ? C_DEBUGEN : 0),
    write: () => undefined,
  })
  map.set(0xe000_edf4, {
    name: 'DCRSR',
    read: () => 0,
    write: () => context.onUnmodelled('DCRSR', 0xe000_edf4, true),
  })
  map.set(0xe000_edf8, remembered('DCRDR'))
  const { debugMonitor } = ExceptionNumber
  const demcr: Kept = { word: 0, reset: 0 }
  map.set(
    0xe000_edfc,
    keeping(
      demcr,
      stored(
        'DEMCR',
        () =>
          demcr.word |
          (nvic.isEnabled(debugMonitor) ? MON_EN : 0) |
          (nvic.isPending(debugMonitor) ? MON_PEND : 0),
        (value) => {
          demcr.word = value & DEMCR_STORED
          nvic.setEnabled(debugMonitor, (value & MON_EN) !== 0)
          if (value & MON_PEND) nvic.pend(debugMonitor)
          else nvic.unpend(debugMonitor)
          context.setTraceEnabled((value & TRCENA) !== 0)
        },
      ),
    ),
  )
}

/** Flash patch and breakpoint unit, C1.11: answers, but switching it on is reported. TRM 8.3.2. */
export function addFlashPatch(map: RegisterMap, context: Pick<DebugContext, 'onUnmodelled'>): void {
  const base = 0xe000_2000
  const KEY = 2
  const ENABLE = 1
  const PRESENT = 0x260
  const enabled: Kept = { word: 0, reset: 0 }
  map.set(base, {
    name: 'FP_CTRL',
    kept: enabled,
    read: () => PRESENT | enabled.word,
    write: (value) => {
      if ((value & KEY) === 0) return
      enabled.word = value & ENABLE
      if (enabled.word) context.onUnmodelled('FP_CTRL', base, true)
    },
  })
  map.set(base + 4, remembered('FP_REMAP', 0x2000_0000, 0x3fff_ffe0))
  for (let n = 0; n < 8; n++) map.set(base + 8 + 4 * n, remembered(`FP_COMP${n}`, 0, 0xdfff_fffd))
  identification(map, base, 'FPB', [4, 0, 0, 0, 0x03, 0xb0, 0x2b, 0, 0x0d, 0xe0, 0x05, 0xb1])
}

/** Trace port interface unit, TRM 11.3: remembers its settings; trace leaves through `onStimulus` instead. */
export function addTracePort(map: RegisterMap): void {
  const base = 0xe004_0000
  map.set(base, constant('TPIU_SSPSR', 0xf))
  map.set(base + 0x4, remembered('TPIU_CSPSR', 1))
  map.set(base + 0x10, remembered('TPIU_ACPR', 0, 0x1fff))
  map.set(base + 0xf0, remembered('TPIU_SPPR', 1, 3))
  map.set(base + 0x300, constant('TPIU_FFSR', 0x8))
  map.set(base + 0x304, remembered('TPIU_FFCR', 0x102, 0x102))
  map.set(base + 0x308, constant('TPIU_FSCR', 0))
  map.set(base + 0xf00, remembered('TPIU_ITCTRL', 0, 3))
  map.set(base + 0xfc8, constant('TPIU_DEVID', 0xca1))
  map.set(base + 0xfcc, constant('TPIU_DEVTYPE', 0x11))
  identification(map, base, 'TPIU', [4, 0, 0, 0, 0xa1, 0xb9, 0x0b, 0, 0x0d, 0x90, 0x05, 0xb1])
}

/**
 * What names the chip: Nordic's designer code (JEP106 bank 2, 0x44), part 8, revision 3. Nordic's start-up code
 * reads part and revision at 0xF0000FE0 and 0xF0000FE8 (nrfx MDK before 8.32); the words are those of the ROM table.
 */
const NORDIC_NRF52840_REVISION_3 = [0x02, 0, 0, 0, 0x08, 0x40, 0x3c, 0, 0x0d, 0x10, 0x05, 0xb1]

/** ROM table, TRM 8.1.1, and its alias in the vendor's space. */
export function addRomTable(map: RegisterMap): void {
  const base = 0xe00f_f000
  const entries = [
    ['SCS', 0xfff0_f003],
    ['DWT', 0xfff0_2003],
    ['FPB', 0xfff0_3003],
    ['ITM', 0xfff0_1003],
    ['TPIU', 0xfff4_1003],
    ['ETM', 0xfff4_2003],
    ['end', 0],
  ] as const
  entries.forEach(([name, entry], n) => map.set(base + 4 * n, constant(`ROM_${name}`, entry)))
  map.set(base + 0xfcc, constant('ROM_MEMTYPE', 1))
  identification(map, base, 'ROM', NORDIC_NRF52840_REVISION_3)
  identification(map, 0xf000_0000, 'VENDOR', NORDIC_NRF52840_REVISION_3)
}
