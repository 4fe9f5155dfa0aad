/** Family ids of UF2 files: microsoft/uf2, utils/uf2families.json. */
const FAMILIES = new Map<number, string>([
  [0xada5_2840, 'nRF52840'],
  [0x621e_937a, 'nRF52833'],
  [0x1b57_745f, 'nRF52'],
  [0xe48b_ff56, 'RP2040'],
  [0x5511_4460, 'SAMD51'],
  [0x68ed_2b88, 'SAMD21'],
  [0x1851_780a, 'SAML21'],
  [0x1c5f_21b0, 'ESP32'],
  [0xbfdd_4eee, 'ESP32-S2'],
  [0xc47e_5767, 'ESP32-S3'],
  [0xd42b_a06c, 'ESP32-C3'],
  [0x2b88_d29c, 'ESP32-C2'],
  [0x3327_26f6, 'ESP32-H2'],
  [0x540d_df62, 'ESP32-C6'],
  [0x3d30_8e94, 'ESP32-P4'],
  [0x7eab_61ed, 'ESP8266'],
  [0x4fb2_d5bd, 'i.MX RT10xx'],
  [0x2abc_77ec, 'LPC55xx'],
  [0x7f83_e793, 'KL32L2x'],
  [0x6478_24b6, 'STM32F0'],
  [0x5ee2_1072, 'STM32F1'],
  [0x5d1a_0a2e, 'STM32F2'],
  [0x6b84_6188, 'STM32F3'],
  [0x5775_5a57, 'STM32F4'],
  [0x6d09_22fa, 'STM32F407'],
  [0x8fb0_60fe, 'STM32F407VG'],
  [0x53b8_0f00, 'STM32F7'],
  [0x300f_5633, 'STM32G0'],
  [0x4c71_240a, 'STM32G4'],
  [0x6db6_6082, 'STM32H7'],
  [0x202e_3a91, 'STM32L0'],
  [0x1e1f_432d, 'STM32L1'],
  [0x00ff_6919, 'STM32L4'],
  [0x0424_0bdf, 'STM32L5'],
  [0x70d1_6653, 'STM32WB'],
  [0x2146_0ff0, 'STM32WL'],
  [0x1657_3617, 'ATmega32'],
  [0x9517_422f, 'RZ/A1LU'],
])

/** That of a file for this chip, and of one for its whole series, which older tools wrote. */
export const OUR_FAMILIES: ReadonlySet<number> = new Set([0xada5_2840, 0x1b57_745f])

/** `RP2040 (family 0xe48bff56)`. */
export function familyName(id: number): string {
  const text = `family 0x${id.toString(16).padStart(8, '0')}`
  const name = FAMILIES.get(id)
  return name === undefined ? `an unknown chip (${text})` : `${name} (${text})`
}
