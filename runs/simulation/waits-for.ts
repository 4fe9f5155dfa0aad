import type { Machine } from '../../emulator/machine.ts'
import type { RegisterInfo } from '../../emulator/nrf52840/peripheral.ts'

/** ENABLE of every peripheral that has one: PS, register tables. */
const ENABLE = 0x500
const PAGE = 0xfff

/**
 * What changes a register that firmware polls, by the peripheral's kind and the register: the Product Specification's
 * chapter of each. The first that matches.
 */
const ENDS: readonly (readonly [register: RegExp, by: string])[] = [
  [/^UARTE?\.EVENTS_RXTO$/, 'TASKS_STOPRX while its receiver runs'],
  [/^UARTE?\.EVENTS_RX(DRDY|STARTED)$/, 'TASKS_STARTRX, and for RXDRDY a byte on its RX pin: --stdin'],
  [/^UARTE?\.EVENTS_ENDRX$/, 'as many bytes on its RX pin as RXD.MAXCNT says (--stdin), or TASKS_STOPRX'],
  [/^UARTE?\.EVENTS_TXSTOPPED$/, 'TASKS_STOPTX'],
  [/^UARTE?\.EVENTS_(ENDTX|TXDRDY|TXSTARTED)$/, 'TASKS_STARTTX'],
  [/^CLOCK\.(EVENTS_HFCLKSTARTED|HFCLKSTAT|HFCLKRUN)$/, 'TASKS_HFCLKSTART'],
  [/^CLOCK\.(EVENTS_LFCLKSTARTED|LFCLKSTAT|LFCLKRUN|LFCLKSRCCOPY)$/, 'TASKS_LFCLKSTART'],
  [/^CLOCK\.EVENTS_DONE$/, 'TASKS_CAL'],
  [/^CLOCK\.EVENTS_CT/, 'TASKS_CTSTART'],
  [/^POWER\.(EVENTS_USB|USBREGSTATUS)/, 'power at the USB connector'],
  [/^POWER\.EVENTS_POFWARN$/, 'a supply below the threshold'],
  [/^TWIM?\.EVENTS_STOPPED$/, 'TASKS_STOP'],
  [/^TWIM?\.EVENTS_SUSPENDED$/, 'TASKS_SUSPEND'],
  [/^TWIM?\.EVENTS_(TXDSENT|TXSTARTED|LASTTX)$/, 'TASKS_STARTTX'],
  [/^TWIM?\.EVENTS_(RXDREADY|RXSTARTED|LASTRX|BB)$/, 'TASKS_STARTRX'],
  [/^SPIM\.EVENTS_STOPPED$/, 'TASKS_STOP'],
  [/^SPIM\.EVENTS_/, 'TASKS_START'],
  [/^SPI\.EVENTS_READY$/, 'a write to TXD'],
  [/^SAADC\.EVENTS_STARTED$/, 'TASKS_START'],
  [/^SAADC\.EVENTS_(END|DONE|RESULTDONE)$/, 'TASKS_SAMPLE after TASKS_START'],
  [/^SAADC\.EVENTS_CALIBRATEDONE$/, 'TASKS_CALIBRATEOFFSET'],
  [/^SAADC\.EVENTS_STOPPED$/, 'TASKS_STOP'],
  [/^RTC\.(COUNTER|EVENTS_TICK|EVENTS_OVRFLW)$/, 'TASKS_START while LFCLK runs'],
  [/^RTC\.EVENTS_COMPARE/, 'COUNTER at that CC, with the event on in EVTEN or INTEN'],
  [/^TIMER\.EVENTS_COMPARE/, 'TASKS_START, and as many ticks as that CC says'],
  [/^TIMER\.CC/, 'TASKS_CAPTURE'],
  [/^(TEMP|RNG)\./, 'TASKS_START'],
  [/^ECB\./, 'TASKS_STARTECB'],
  [/^CCM\./, 'TASKS_KSGEN (AAR: START), and for ENDCRYPT TASKS_CRYPT'],
  [/^NVMC\.READY/, 'the end of a write or an erasure under way'],
  [/^PDM\.EVENTS_(STARTED|END)$/, 'TASKS_START'],
  [/^PDM\.EVENTS_STOPPED$/, 'TASKS_STOP'],
  [/^PWM\.EVENTS_STOPPED$/, 'TASKS_STOP'],
  [/^PWM\.EVENTS_/, 'TASKS_SEQSTART'],
  [/^RADIO\.(EVENTS_(READY|TXREADY|RXREADY)|STATE)$/, 'TASKS_TXEN or TASKS_RXEN'],
  [/^RADIO\.EVENTS_DISABLED$/, 'TASKS_DISABLE'],
  [/^RADIO\.EVENTS_/, 'TASKS_START after READY, and for what is received another radio'],
  [/^EGU\./, 'TASKS_TRIGGER'],
  [/^GPIOTE\.EVENTS_/, 'an edge on the pin'],
  [/^P\.(IN|LATCH)$/, 'another level on a pin: a button, or a pin driven on the page'],
  [/^QDEC\.EVENTS_/, 'TASKS_START'],
  [/^(COMP|LPCOMP)\.EVENTS_/, 'TASKS_START, and a voltage that crosses the reference'],
  [/^QSPI\.EVENTS_READY$/, 'TASKS_ACTIVATE, or the end of a transfer'],
  [/^USBD\.EVENTS_(USBRESET|EP0SETUP|SOF|EPDATA)$/, 'a USB host'],
  [/^USBD\./, 'ENABLE, and a USB host'],
  [/^CC_RNG\./, 'NOISE_SOURCE = 1 (CryptoCell)'],
  [/^CC_/, 'SRC_MEM_SIZE, which begins a transfer (CryptoCell)'],
  [/^NFCT\./, 'a field of a reader'],
  [/^I2S\.EVENTS_/, 'TASKS_START'],
]

/** What counts from TASKS_START on, and has no ENABLE. */
const counts = /^(RTC|TIMER|WDT)\d?$/

export interface PolledRegister {
  readonly state: string | null
  readonly endsBy: string | null
}

/** How the peripheral of a polled register stands, and what would change it. */
export function polledRegister(
  { peripheral, name, address, modelled }: RegisterInfo,
  machine: Machine,
): PolledRegister {
  const key = `${peripheral.replace(/\d+$/, '')}.${name}`
  const usual = ENDS.find(([pattern]) => pattern.test(key))?.[1] ?? null
  const isNobody = /USB/.test(key) && machine.usb?.isThere !== true
  const endsBy = usual !== null && isNobody ? `${usual} (--usb host)` : usual
  if (!modelled) return { state: `${peripheral} is not modelled: nothing in it happens`, endsBy }
  return { state: stateOf(peripheral, address, machine), endsBy }
}

/** What the power ledger has it in is what the peripheral itself says of its state. */
function stateOf(peripheral: string, address: number, machine: Machine): string | null {
  const { chip, ledger } = machine
  const at = (address & ~PAGE) + ENABLE
  const enable = chip.registers.find((one) => one.address === at && one.name === 'ENABLE')
  if (enable && chip.bus.isSteady(at) && chip.bus.read(at, 4) === 0) return `${peripheral} is disabled`
  const state = ledger.parts.get(peripheral)?.state?.state
  if (state !== undefined) return `${peripheral} is ${state === 'off' ? 'enabled, and does nothing' : state}`
  if (enable) return `${peripheral} is enabled`
  return counts.test(peripheral) ? `${peripheral} was never started` : null
}

/** Of data in RAM: who could write it. */
export const polledVariable = (machine: Machine): PolledRegister => {
  const { wakesOn } = machine
  const who =
    wakesOn.length === 0 ? 'no interrupt of a peripheral is enabled' : `enabled: ${wakesOn.join(', ')}`
  return { state: null, endsBy: `an exception's handler that writes it; ${who}` }
}
