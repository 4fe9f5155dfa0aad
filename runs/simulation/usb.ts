import { className } from '../../emulator/host/usb/class-names.ts'
import type { UsbHost, UsbHostState } from '../../emulator/host/usb/host.ts'
import { SERIAL_BAUD } from '../../emulator/host/usb/host.ts'
import { hexadecimalOf } from '../bytes/text.ts'
import type { UsbReport } from '../report/run-report.ts'

/** What came of the USB connector: null where it is empty, or where the firmware never pulled D+ up. */
export function describeUsb(usb: UsbHost | undefined): UsbReport | null {
  if (usb === undefined) return null
  const { state, isThere, traffic } = usb
  const { attachedCycle, resets, configuredCycle, failure } = state
  if (attachedCycle === undefined) return null
  return {
    connector: isThere ? 'host' : 'none',
    attachedCycle,
    resets,
    configuredCycle: configuredCycle ?? null,
    failure: failure ?? null,
    device: deviceOf(state),
    interfaces: (state.configuration?.interfaces ?? []).map((one) => ({
      number: one.number,
      alternate: one.alternate,
      name: className(one.classCode, one.subclass, one.protocol),
      classCode: one.classCode,
      subclass: one.subclass,
      protocol: one.protocol,
      endpoints: one.endpoints.map(({ endpoint, direction, type, maxPacket, interval }) => ({
        address: endpoint | (direction === 'in' ? 0x80 : 0),
        type,
        maxPacketBytes: maxPacket,
        interval,
      })),
    })),
    serial: serialOf(state),
    hid:
      state.reportCount === 0
        ? null
        : {
            reports: state.reportCount,
            first: state.reports.map((one) => ({
              cycle: one.cycle,
              interface: one.interface,
              bytes: hexadecimalOf(one.bytes),
            })),
          },
    disk: diskOf(state),
    transactions: traffic.transactions,
    busyCycles: traffic.busyCycles,
  }
}

function deviceOf({ device, configuration, strings }: UsbHostState): UsbReport['device'] {
  if (device === undefined) return null
  return {
    vendorId: device.vendorId,
    productId: device.productId,
    release: device.release,
    usbVersion: device.usbVersion,
    manufacturer: strings['manufacturer'] ?? null,
    product: strings['product'] ?? null,
    serialNumber: strings['serial number'] ?? null,
    maxPower: configuration === undefined ? null : configuration.maxPowerMilliamps,
    isSelfPowered: configuration?.isSelfPowered ?? false,
    canWakeUp: configuration?.canWakeUp ?? false,
  }
}

const serialOf = ({ console, openedCycle, receivedBytes, sentBytes }: UsbHostState): UsbReport['serial'] =>
  console === undefined
    ? null
    : {
        interface: console.control,
        openedCycle: openedCycle ?? null,
        baud: SERIAL_BAUD,
        fromBoardBytes: receivedBytes,
        toBoardBytes: sentBytes,
      }

const diskOf = ({ disk }: UsbHostState): UsbReport['disk'] =>
  disk === undefined
    ? null
    : {
        interface: disk.interface,
        vendor: disk.vendor,
        product: disk.product,
        blocks: disk.blocks,
        blockBytes: disk.blockBytes,
        fileSystem: disk.volume?.kind ?? null,
        label: disk.volume?.label ?? null,
        files: disk.files,
        failure: disk.failure ?? null,
      }
