import { CYCLES_PER_SECOND } from '../../../../emulator/time/ratio-clock.ts'
import { bytes, count, duration, percent } from '../format.ts'
import type { RunReport, UsbReport } from '../../run-report.ts'

const MOST_FILES = 6
const CDC_DATA = 0x0a

const after = (cycle: number): string => `after ${duration(cycle / CYCLES_PER_SECOND)}`

/** Who it is, how far it came, and what of it was used: a line each. */
export function usbLines(usb: UsbReport, { run }: Pick<RunReport, 'run'>): readonly string[] {
  const { device, configuredCycle, failure } = usb
  const attached = `its pull-up was on ${after(usb.attachedCycle)}`
  if (usb.connector === 'none') return [`${attached}; nobody enumerates it: --usb none is a power bank`]
  const how =
    failure !== null
      ? `given up by the host ${failure}`
      : configuredCycle === null
        ? `${attached}, not yet configured`
        : `configured ${after(configuredCycle)}`
  const share = usb.busyCycles / Math.max(1, run.cycles)
  return [
    `${device ? `${identity(device)}, ` : ''}${how}`,
    ...(usb.interfaces.length === 0 ? [] : [interfacesText(usb.interfaces)]),
    ...(usb.serial ? [serialText(usb.serial)] : []),
    ...(usb.hid ? [hidText(usb.hid)] : []),
    ...(usb.disk ? [diskText(usb.disk)] : []),
    ...(usb.transactions === 0
      ? []
      : [`${count(usb.transactions, 'transaction')}, ${percent(share)} of the wire's time`]),
  ]
}

function identity({ vendorId, productId, manufacturer, product }: NonNullable<UsbReport['device']>): string {
  const id = `${four(vendorId)}:${four(productId)}`
  const names = [product, manufacturer].filter((name) => name !== null && name !== '')
  return names.length === 0 ? id : `${names.join(', ')} (${id})`
}

const four = (id: number): string => id.toString(16).padStart(4, '0')

/** Those that only carry another's data are named with it. */
function interfacesText(interfaces: UsbReport['interfaces']): string {
  const named = interfaces.filter(
    (one, i) =>
      one.classCode !== CDC_DATA && interfaces.findIndex(({ number }) => number === one.number) === i,
  )
  return (named.length === 0 ? interfaces : named).map(({ number, name }) => `${number}: ${name}`).join('; ')
}

const serialText = ({
  openedCycle,
  baud,
  fromBoardBytes,
  toBoardBytes,
}: NonNullable<UsbReport['serial']>): string =>
  openedCycle === null
    ? 'its serial port was never open'
    : `its serial port is the console: open ${after(openedCycle)}, ${baud} baud, ${bytes(fromBoardBytes)} from the board, ${bytes(toBoardBytes)} to it`

function hidText({ reports, first }: NonNullable<UsbReport['hid']>): string {
  const [one] = first
  return `${count(reports, 'HID report')}${one ? `, the first ${one.bytes} ${after(one.cycle)}` : ''}`
}

function diskText(disk: NonNullable<UsbReport['disk']>): string {
  const who = [disk.vendor, disk.product].filter(Boolean).join(' ')
  if (disk.failure !== null) return `disk ${who}: ${disk.failure}`
  const more = disk.files.length - MOST_FILES
  const files = disk.files.slice(0, MOST_FILES).map(({ name }) => name)
  return [
    `disk ${who}: ${bytes(disk.blocks * disk.blockBytes)}`,
    disk.fileSystem === null
      ? 'no file system that is known'
      : `${disk.fileSystem} ${disk.label ?? ''}`.trim(),
    ...(files.length === 0 ? [] : [`${files.join(', ')}${more > 0 ? ` and ${more} more` : ''}`]),
  ].join(', ')
}
