import type { BootloaderDescription } from './bootloader.ts'

const NVIC_IPR = 0xe000_e400

/**
 * The bootloader of the Nano 33 BLE boards, arduino/ArduinoCore-mbed, bootloaders/nano33ble/bootloader.hex (at 0 to
 * 0x8bb8). Each value was read off that file as it ran on this emulator, with UICR programmed before, at the first
 * instruction of an application at 0x10000, 512 ms after the reset: it waits half a second for a second press of the
 * reset button. Left out: 1. RAM that it has used. 2. TEMP's calibration, copied from FICR, as every SystemInit copies it.
 * 3. What GPREGRET or a second press have it do: it never stays. 4. Its own half second and what that draws.
 */
export const ARDUINO_BOOTLOADER: BootloaderDescription = {
  name: "Arduino's bootloader",
  applicationAt: 0x1_0000,
  leaves: [
    'UARTE0 receiving on P1.10',
    'RTC1 running, its compare enabled',
    'LFCLK from the crystal',
    'PWM0 to PWM3 enabled',
    'instruction cache on',
    'DC/DC converter on',
    'MPU on',
    'P0.13, P1.03 and P1.09 outputs',
  ],
  uicr: [
    [0x1000_1200, 0x12], // PSELRESET[0]: P0.18
    [0x1000_1204, 0x12],
    [0x1000_120c, 0xffff_fffe], // NFCPINS: GPIO
  ],
  lowFrequencyClock: 'crystal',
  counters: [{ instance: 1, count: 0x412c }],
  writes: [
    [0x4000_0578, 1], // POWER.DCDCEN
    [0x4000_0114, 1], // POWER.EVENTS_SLEEPENTER
    [0x4000_0118, 1], // POWER.EVENTS_SLEEPEXIT
    [0x5000_0734, 3], // P0.PIN_CNF[13]: output
    [0x5000_0808, 0x208], // P1.OUTSET: 3 and 9
    [0x5000_0a0c, 3], // P1.PIN_CNF[3]: output
    [0x5000_0a24, 3], // P1.PIN_CNF[9]: output
    [0x5000_0a28, 0], // P1.PIN_CNF[10]: input, connected
    [0x4000_6304, 0x8000_0000], // GPIOTE.INTENSET: PORT
    [0x4001_1344, 0x1_0000], // RTC1.EVTENSET: COMPARE[0]
    [0x4001_1304, 0x1_0000], // RTC1.INTENSET
    [0x4001_1540, 0x3f44], // RTC1.CC[0]
    [0x4000_250c, 0x23], // UARTE0.PSEL.TXD: P1.03
    [0x4000_2514, 0x2a], // UARTE0.PSEL.RXD: P1.10
    [0x4000_2524, 0x0027_5000], // UARTE0.BAUDRATE: 9600
    [0x4000_2500, 8], // UARTE0.ENABLE
    [0x4000_2544, 0x2000_6d24], // UARTE0.TXD.PTR
    [0x4000_2534, 0x2000_9bd4], // UARTE0.RXD.PTR
    [0x4000_2538, 1], // UARTE0.RXD.MAXCNT
    [0x4000_2000, 1], // UARTE0.TASKS_STARTRX, which gives RXSTARTED
    [0x4000_2120, 1], // UARTE0.EVENTS_ENDTX
    [0x4000_2150, 1], // UARTE0.EVENTS_TXSTARTED
    [0x4000_2158, 1], // UARTE0.EVENTS_TXSTOPPED
    [0x4001_c560, 0x0d], // PWM0.PSEL.OUT[0]: P0.13
    ...[0x4001_c000, 0x4002_1000, 0x4002_2000, 0x4002_d000].flatMap((pwm): [number, number][] => [
      [pwm + 0x508, 1000], // COUNTERTOP
      [pwm + 0x50c, 4], // PRESCALER: 1 MHz
      [pwm + 0x510, 0x102], // DECODER: individual, next step by a task
      [pwm + 0x500, 1], // ENABLE
    ]),
    [0x4001_e540, 1], // NVMC.ICACHECNF
    // Interrupts 16 to 47; the first sixteen have 0.
    [NVIC_IPR + 0x10, 0x2020_4020],
    ...[0x14, 0x18, 0x1c, 0x20, 0x28, 0x2c].map((at): [number, number] => [NVIC_IPR + at, 0x2020_2020]),
    [NVIC_IPR + 0x24, 0x4020_2020],
    [0xe000_ed14, 0x210], // CCR: STKALIGN, DIV_0_TRP
    [0xe000_ed98, 0], // MPU.RNR: region 0, the megabyte of flash
    [0xe000_ed9c, 0],
    [0xe000_eda0, 0x0202_0027],
    [0xe000_ed98, 1], // and region 1, the 256 kB of RAM, where nothing executes
    [0xe000_ed9c, 0x2000_0000],
    [0xe000_eda0, 0x110b_0023],
    [0xe000_ed98, 7],
    [0xe000_ed94, 5], // MPU.CTRL: ENABLE, PRIVDEFENA
    [0xe000_e010, 4], // SYST.CSR: processor clock, off
    [0xe000_ed08, 0x1_0000], // VTOR
  ],
}
