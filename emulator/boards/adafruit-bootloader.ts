import type { BootloaderDescription } from './bootloader.ts'

/**
 * The UF2 bootloader of the XIAO nRF52840, adafruit/Adafruit_nRF52_Bootloader at 48a149ff, src/main.c (main),
 * src/boards/boards.c (board_init, board_teardown) and bootloader_util.c (bootloader_util_app_start): it puts back its
 * pins, PWM, RTC1 and LFCLK before it starts what is behind the SoftDevice, so that little is left. Approximated:
 * 1. VTOR is where the application is: on the board it stays 0, and the MBR and the SoftDevice hand on each interrupt, which
 *    takes their time. With their HEX file (--boot) they do so here too.
 * 2. TIMER2.CC[0] has the bootloader's version there, which differs from release to release: here it has 0.
 * 3. ACL keeps the MBR and the bootloader from being written; here they are not.
 */
export const ADAFRUIT_BOOTLOADER: BootloaderDescription = {
  name: "Adafruit's UF2 bootloader",
  applicationAt: 0x2_7000,
  leaves: ['everything but SysTick as after reset: instruction cache off, clocks off'],
  uicr: [],
  lowFrequencyClock: undefined,
  counters: [],
  writes: [
    [0xe000_e014, 63_999], // SYST.RVR: SysTick_Config(SystemCoreClock / 1000); CSR is put back to 0
    [0xe000_ed20, 0xe000_0000], // SHPR3: SysTick has priority 7
    [0xe000_ed08, 0x2_7000], // VTOR
  ],
}
