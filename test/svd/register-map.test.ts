import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { createTestBench } from '../../emulator/nrf52840/testing.ts'
import { readZip } from '../../src/toolchain/sources/archive.ts'
import type { SourcePackage } from '../../src/toolchain/sources/packages.ts'
import { ensureSources } from '../../src/toolchain/sources/sources.ts'
import { readSvd } from './svd.ts'
import type { SvdRegister } from './svd.ts'

const PYOCD: SourcePackage = {
  manager: 'pip',
  name: 'pyocd',
  version: '0.46.0',
  archive: 'zip',
  sha256: 'f37c1ef65a1e78b42c9bccf4f34fbde98c4ea225e87534ee872e324aae230ba5',
  licences: ['pyocd-0.46.0.dist-info/licenses/LICENSE'],
  carries: "Nordic's register description of the nRF52840",
}

/** Registers that the model answers as something it does not know, counted under the page's name and offset. */
const NOT_MODELLED: readonly RegExp[] = [
  /\bUNUSED\d/,
  /^FICR\.TRNG90B\./,
  // Slaves: the page answers for their masters.
  /^SPIS\d\.(TASKS_ACQUIRE|TASKS_RELEASE|EVENTS_ACQUIRED|SEMSTAT|STATUS|PSEL\.CSN|DEF)$/,
  /^TWIS\d\.(TASKS_PREPARE[RT]X|EVENTS_WRITE|EVENTS_READ|ERRORSRC|MATCH|ADDRESS\[1\]|CONFIG)$/,
  // The description gives every instance what only one has: SPIM3, TIMER3 and TIMER4, RTC1 and RTC2, P0.
  /^SPIM[0-2]\.(STALLSTAT|PSEL\.CSN|IFTIMING\..*|CSNPOL|PSELDCX|DCXCNT)$/,
  /^TIMER[0-2]\.(TASKS_CAPTURE|EVENTS_COMPARE|CC)\[[45]\]$/,
  /^RTC0\.(EVENTS_COMPARE|CC)\[3\]$/,
  /^P1\.PIN_CNF\[(1[6-9]|[23]\d)\]$/,
]

/** Reset values that differ from the description, each with its reason. */
const OTHER_RESET: readonly RegExp[] = [
  /^CLOCK\.HFCLKSTAT 10000/, // whoever reads it runs from HFINT
  /^POWER\.RAMSTATUS f/, // all RAM is on
  /^RADIO\.RSSISAMPLE 7f/, // nobody on the air
  /^NVMC\.READYNEXT 1/, // ready at reset
]

let svd: SvdRegister[] = []
const bench = createTestBench()
const known = new Map(bench.chip.registers.map((register) => [register.address, register]))
const label = ({ peripheral, name }: { peripheral: string; name: string }): string => `${peripheral}.${name}`

beforeAll(async () => {
  const folder = await ensureSources(PYOCD)
  const archive = readZip(await readFile(join(folder, 'pyocd/debug/svd/svd_data.zip')))
  const file = archive.find(({ path }) => path.endsWith('nrf52840.svd'))
  svd = readSvd(new TextDecoder().decode(file?.bytes))
})

describe("register map against Nordic's description", () => {
  it('reads the whole description', () => {
    expect(svd.length).toBe(2146)
    expect(svd.find((register) => label(register) === 'SAADC.CH[3].CONFIG')).toEqual({
      peripheral: 'SAADC',
      name: 'CH[3].CONFIG',
      address: 0x4000_7548,
      resetValue: 0x2_0000,
      access: 'read-write',
    })
  })

  it('knows every register, or it is listed as not modelled', () => {
    const missing = svd
      .filter((register) => !known.has(register.address))
      .map(label)
      .filter((name) => !NOT_MODELLED.some((pattern) => pattern.test(name)))
    expect(missing).toEqual([])
  })

  it('resets each to the described value', () => {
    const wrong = svd.flatMap((register) => {
      const ours = known.get(register.address)
      if (!ours || register.access === 'write-only' || register.peripheral === 'FICR') return []
      const value = bench.chip.bus.read(register.address, 4)
      if (value === register.resetValue >>> 0) return []
      const text = `${label(register)} ${value.toString(16)} for ${register.resetValue.toString(16)}`
      return OTHER_RESET.some((pattern) => pattern.test(text)) ? [] : [text]
    })
    expect(wrong).toEqual([])
  })

  it('has no register that the description does not have, but those of the CryptoCell', () => {
    const described = new Set(svd.map(({ address }) => address))
    const ours = bench.chip.registers
      .filter(({ address, peripheral }) => !described.has(address) && !peripheral.startsWith('CC_'))
      .map(label)
    expect(ours).toEqual([])
  })

  it('tells modelled registers from those that only answer', () => {
    const inert = new Set(
      bench.chip.registers.filter(({ modelled }) => !modelled).map(({ peripheral }) => peripheral),
    )
    expect([...inert].sort()).toEqual(['FPU', 'SPIM2', 'SPIM3', 'TWIM0', 'TWIM1'])
    const masters = bench.chip.registers.filter(
      ({ peripheral, modelled }) => !modelled && /^(SPI|TWI)M/.test(peripheral),
    )
    expect(new Set(masters.map(({ name }) => name))).toEqual(
      new Set(['RXD.LIST', 'TXD.LIST', 'PSELDCX', 'DCXCNT']),
    )
  })
})
