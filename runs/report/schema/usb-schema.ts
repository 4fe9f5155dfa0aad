import { count, list, nullable, object, oneOf, text } from './schema-parts.ts'

const yes = { type: 'boolean' }

export const usbSchema = object({
  connector: oneOf('host', 'none'),
  attachedCycle: count,
  resets: count,
  configuredCycle: nullable(count),
  failure: nullable(text),
  device: nullable(
    object({
      vendorId: count,
      productId: count,
      release: text,
      usbVersion: text,
      manufacturer: nullable(text),
      product: nullable(text),
      serialNumber: nullable(text),
      maxPower: nullable(count),
      isSelfPowered: yes,
      canWakeUp: yes,
    }),
  ),
  interfaces: list(
    object({
      number: count,
      alternate: count,
      name: text,
      classCode: count,
      subclass: count,
      protocol: count,
      endpoints: list(
        object({
          address: count,
          type: oneOf('control', 'isochronous', 'bulk', 'interrupt'),
          maxPacketBytes: count,
          interval: count,
        }),
      ),
    }),
  ),
  serial: nullable(
    object({
      interface: count,
      openedCycle: nullable(count),
      baud: count,
      fromBoardBytes: count,
      toBoardBytes: count,
    }),
  ),
  hid: nullable(
    object({
      reports: count,
      first: list(object({ cycle: count, interface: count, bytes: text })),
    }),
  ),
  disk: nullable(
    object({
      interface: count,
      vendor: text,
      product: text,
      blocks: count,
      blockBytes: count,
      fileSystem: nullable(text),
      label: nullable(text),
      files: list(object({ name: text, bytes: count })),
      failure: nullable(text),
    }),
  ),
  transactions: count,
  busyCycles: count,
})
