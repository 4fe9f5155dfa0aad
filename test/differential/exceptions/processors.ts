import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BusError } from '../../../emulator/cpu/bus.ts'
import { CortexM4 } from '../../../emulator/cpu/cpu.ts'
import { Semihosting } from '../../../emulator/cpu/debug/semihosting.ts'
import { oneCycleTiming } from '../../../emulator/cpu/timing/timing.ts'
import { Scheduler } from '../../../emulator/time/scheduler.ts'
import { UserError } from '../../../runs/errors.ts'

/** What came over the console, and how the processor came to rest. */
export interface Run {
  readonly words: Uint32Array
  readonly end: string
}

const nowhere = (address: number): never => {
  throw new BusError(address)
}

const wordsOf = (bytes: Uint8Array): Uint32Array =>
  new Uint32Array(Uint8Array.from(bytes.subarray(0, bytes.length & ~3)).buffer)

/** Far more than a program takes. */
const CYCLES_PER_PROGRAM = 1_000_000

export class OurProcessor {
  #output: Uint8Array[] = []
  readonly #scheduler = new Scheduler()
  readonly #cpu: CortexM4

  constructor() {
    const scheduler = this.#scheduler
    const cpu = new CortexM4({ bus: { read: nowhere, write: nowhere }, scheduler, timing: oneCycleTiming })
    this.#cpu = cpu
    const semihosting = new Semihosting({
      readMemory: (address, size) => cpu.readMemory(address, size),
      writeMemory: (address, size, value) => cpu.writeMemory(address, size, value),
      onOutput: (_, bytes) => this.#output.push(Uint8Array.from(bytes)),
      readInput: () => new Uint8Array(),
      now: () => scheduler.now,
    })
    cpu.onSemihosting = () => {
      if (semihosting.call(cpu.state).exit !== undefined) cpu.requestStop('exit')
    }
  }

  run(image: Uint8Array, programs: number): Run {
    const cpu = this.#cpu
    cpu.flash.fill(0)
    cpu.flash.set(image)
    cpu.ram.fill(0)
    cpu.invalidateCode(0, cpu.flash.length)
    cpu.setInstructionCache(true)
    this.#output = []
    cpu.reset(0)
    const stop = cpu.execute(this.#scheduler.now + CYCLES_PER_PROGRAM * programs)
    const end = stop.kind === 'requested' || stop.kind === 'lockup' ? stop.reason : stop.kind
    return { words: wordsOf(Buffer.concat(this.#output)), end }
  }
}

/**
 * One instruction at a time: within a block of several, QEMU 7.2 takes no interrupt, forgets that a conditional
 * floating-point instruction which was skipped began no context (B1.5.7), and stacks the flags of before the block when
 * UDIV traps.
 */
function oneByOne(): string[] {
  const { stdout } = spawnSync('qemu-system-arm', ['--version'], { encoding: 'utf8' })
  const [, major = '0', minor = '0'] = /version (\d+)\.(\d+)/.exec(stdout) ?? []
  const isNew = Number(major) > 8 || (major === '8' && Number(minor) > 0)
  return isNew ? ['-accel', 'tcg,one-insn-per-tb=on'] : ['-singlestep']
}

export function runOnQemu(image: Uint8Array): Run {
  const folder = mkdtempSync(join(tmpdir(), 'boardless-qemu-'))
  try {
    const file = join(folder, 'image.bin')
    writeFileSync(file, image)
    const { stdout, stderr, status, error } = spawnSync(
      'qemu-system-arm',
      [...oneByOne(), '-M', 'mps2-an386', '-display', 'none', '-serial', 'none', '-monitor', 'none'].concat([
        '-semihosting-config',
        'enable=on,target=native',
        '-kernel',
        file,
      ]),
      { maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'pipe'], timeout: 600_000 },
    )
    if (error) throw new UserError(`qemu-system-arm does not run: ${error.message}`)
    const end = status === 0 ? 'exit' : (stderr.toString().split('\n')[0] ?? '')
    return { words: wordsOf(stdout), end }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
