/** usb.org, Defined Class Codes, and the classes' own specifications. */
const CLASSES: Readonly<Record<number, string>> = {
  0x01: 'audio',
  0x02: 'communications',
  0x03: 'HID',
  0x05: 'physical',
  0x06: 'image',
  0x07: 'printer',
  0x08: 'mass storage',
  0x09: 'hub',
  0x0a: 'CDC data',
  0x0b: 'smart card',
  0x0d: 'content security',
  0x0e: 'video',
  0x0f: 'personal healthcare',
  0x10: 'audio/video',
  0x11: 'billboard',
  0xdc: 'diagnostic',
  0xe0: 'wireless controller',
  0xef: 'miscellaneous',
  0xfe: 'application specific',
  0xff: 'vendor specific',
}

/** The first that matches: class, subclass, protocol; undefined for any. */
const NAMES: readonly (readonly [number, number, number | undefined, string])[] = [
  [0x01, 0x01, undefined, 'audio control'],
  [0x01, 0x02, undefined, 'audio streaming'],
  [0x01, 0x03, undefined, 'MIDI'],
  [0x02, 0x02, undefined, 'CDC ACM'],
  [0x02, 0x06, undefined, 'CDC ECM'],
  [0x02, 0x0d, undefined, 'CDC NCM'],
  [0x03, 0x01, 0x01, 'HID, boot keyboard'],
  [0x03, 0x01, 0x02, 'HID, boot mouse'],
  [0x08, 0x06, 0x50, 'mass storage, SCSI, bulk only'],
  [0xe0, 0x01, 0x01, 'Bluetooth controller'],
  [0xe0, 0x01, 0x03, 'RNDIS'],
  [0xfe, 0x01, 0x01, 'DFU, run-time'],
  [0xfe, 0x01, 0x02, 'DFU mode'],
  [0xfe, 0x03, undefined, 'test and measurement'],
]

export const className = (classCode: number, subclass: number, protocol: number): string =>
  NAMES.find(
    ([one, two, three]) =>
      one === classCode && two === subclass && (three === undefined || three === protocol),
  )?.[3] ??
  CLASSES[classCode] ??
  `class 0x${classCode.toString(16).padStart(2, '0')}`
