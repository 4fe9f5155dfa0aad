/**
 * Boardless as a library: firmware is run, and looked at, from a program or a test of one's own. docs/library.md
 */
export { UserError } from '../../runs/errors.ts'
export {
  defineConfig,
  type BoardlessConfig,
  type Budget,
  type TargetConfig,
} from '../../runs/budget/config.ts'
export type { RunReport } from '../../runs/report/run-report.ts'
export { Machine, type Returned, type RunFor } from './machine.ts'
export type { FirmwareOptions, Time } from './options.ts'
export { runFirmware, type RunFirmwareOptions } from './run-firmware.ts'
