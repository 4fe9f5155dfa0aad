/** Memory of other chips that firmware is often built for: where an address outside the nRF52840 most likely belongs. */
const ELSEWHERE: readonly (readonly [from: number, to: number, whose: string])[] = [
  [0x0010_0000, 0x0020_0000, 'flash beyond the first megabyte: of a larger chip'],
  [0x0100_0000, 0x0104_0000, "the nRF5340's network core"],
  [0x0800_0000, 0x0a00_0000, 'flash of an STM32 or GD32'],
  [0x1000_0000, 0x1000_1000, "the nRF52840's FICR, which is read-only, or flash of an RP2040"],
  [0x1000_1400, 0x1100_0000, 'flash of an RP2040 or RP2350'],
  [0x1200_0000, 0x1a00_0000, 'external flash behind QSPI, which is not loaded'],
  [0x2004_0000, 0x2010_0000, 'RAM of a larger chip, such as the nRF5340 or an STM32'],
  [0x3000_0000, 0x4000_0000, 'RAM of a chip with TrustZone, or of an ESP32-S3'],
  [0x4000_0000, 0x4400_0000, 'peripherals here, and code of an ESP32'],
  [0x6000_0000, 0x7000_0000, 'flash of an i.MX RT'],
]

/** `flash of an STM32 or GD32`; undefined where that is not known. */
export const whoseMemory = (address: number): string | undefined =>
  ELSEWHERE.find(([from, to]) => address >= from && address < to)?.[2]
