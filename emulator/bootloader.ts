import type { BootloaderDescription } from './boards/bootloader.ts'
import type { CortexM4 } from './cpu/cpu.ts'
import type { Chip } from './nrf52840/chip.ts'
import { UICR_BASE } from './nrf52840/uicr.ts'

/** What a bootloader has programmed into UICR: once, as flash is. */
export function programUicr(chip: Chip, { uicr }: BootloaderDescription): void {
  for (const [address, value] of uicr) chip.uicr.clearBits(address - UICR_BASE, value)
}

/**
 * Puts chip and processor, just reset, into the state in which a bootloader starts an application: by the registers that
 * it wrote, so that all who listen to them hear of it. It takes no time.
 */
export function leaveAsBootloader(
  chip: Chip,
  cpu: CortexM4,
  { lowFrequencyClock, counters, writes }: BootloaderDescription,
): void {
  if (lowFrequencyClock === 'crystal') chip.clock.runsFromCrystal()
  for (const { instance, count } of counters) chip.rtcs[instance]?.runsAt(count)
  for (const [address, value] of writes) cpu.writeMemory(address, 4, value)
}
