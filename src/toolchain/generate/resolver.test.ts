import { describe, expect, it } from 'vitest'
import { builtinNames } from '../../../runs/tflite/schema.ts'
import { tflmPackage } from '../sources/packages.ts'
import { resolverSource, supportedOperators } from './resolver.ts'
import { ensureSources } from '../sources/sources.ts'
import { readSupport } from './tflm-support.ts'

describe('supportedOperators', () => {
  it("is what TFLM's own AllOpsResolver registers", async () => {
    const { operators } = await readSupport(await ensureSources(tflmPackage))
    expect(operators.size).toBeGreaterThan(50)
    expect(Object.fromEntries(operators)).toEqual(supportedOperators)
  })

  it('has only operators of the schema', () => {
    expect(Object.keys(supportedOperators).filter((name) => !builtinNames.includes(name))).toEqual([])
  })
})

describe('resolverSource', () => {
  it('registers each operator and version of the model once', () => {
    const source = resolverSource('mutable', [
      { builtin: 'SOFTMAX', version: 2 },
      { builtin: 'FULLY_CONNECTED', version: 4 },
      { builtin: 'FULLY_CONNECTED', version: 1 },
      { builtin: 'FULLY_CONNECTED', version: 4 },
    ])
    expect(source).toContain('MicroMutableOpResolver<3>')
    expect(source.match(/AddBuiltin\(.*\);/g)).toEqual(
      [
        ['FULLY_CONNECTED', 1],
        ['FULLY_CONNECTED', 4],
        ['SOFTMAX', 2],
      ].map(
        ([name, version]) =>
          `AddBuiltin(tflite::BuiltinOperator_${name}, tflite::ops::micro::Register_${name}(), ${version});`,
      ),
    )
    expect(resolverSource('mutable', [])).toContain('MicroMutableOpResolver<1>')
  })

  it('takes every operator of TFLM when asked to', () => {
    expect(resolverSource('all', [{ builtin: 'SOFTMAX', version: 2 }])).toContain('AllOpsResolver')
  })
})
