import { describe, expect, it } from 'vitest'
import { supportedOperators } from '../../src/toolchain/generate/resolver.ts'
import { registrationCode } from './registration.ts'
import { builtinCode, type Operator, type TfliteModel } from './schema.ts'

const model = (...operators: [type: string, version: number][]): Pick<TfliteModel, 'subgraphs'> => ({
  subgraphs: [
    {
      name: '',
      tensors: [],
      inputs: [],
      outputs: [],
      operators: operators.map(([type, version]): Operator => {
        const code = type.startsWith('CUSTOM') ? 32 : builtinCode(type)
        return { type, builtinCode: code, version, inputs: [], outputs: [], options: { kind: 'none' } }
      }),
    },
  ],
})

/** micro_mutable_op_resolver.h of the tflite-micro repository, for the operators that July 2020 has as well. */
const methodsToday =
  `AddAbs AddAdd AddArgMax AddArgMin AddAveragePool2D AddCeil AddConcatenation AddConv2D AddCos
  AddDepthwiseConv2D AddDequantize AddEqual AddFloor AddFullyConnected AddGreater AddGreaterEqual AddL2Normalization
  AddLess AddLessEqual AddLog AddLogicalAnd AddLogicalNot AddLogicalOr AddLogistic AddMaximum AddMaxPool2D AddMean
  AddMinimum AddMul AddNeg AddNotEqual AddPack AddPad AddPadV2 AddPrelu AddQuantize AddRelu AddRelu6 AddReshape
  AddResizeNearestNeighbor AddRound AddRsqrt AddSin AddSoftmax AddSplit AddSqrt AddSquare AddStridedSlice AddSub
  AddSvdf AddTanh AddUnpack`.split(/\s+/)

describe('registrationCode', () => {
  const gesture = model(['FULLY_CONNECTED', 4], ['FULLY_CONNECTED', 4], ['SOFTMAX', 2])

  it('2020: each version in a slot of its own', () => {
    expect(registrationCode(gesture, '2020')).toBe(`#include "tensorflow/lite/micro/kernels/micro_ops.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

static tflite::MicroMutableOpResolver<2> resolver;
resolver.AddBuiltin(tflite::BuiltinOperator_FULLY_CONNECTED, tflite::ops::micro::Register_FULLY_CONNECTED(), 4);
resolver.AddBuiltin(tflite::BuiltinOperator_SOFTMAX, tflite::ops::micro::Register_SOFTMAX(), 2);
`)
    const two = registrationCode(model(['CONV_2D', 1], ['CONV_2D', 3]), '2020')
    expect(two).toContain('MicroMutableOpResolver<2>')
    expect(two.match(/Register_CONV_2D\(\), [13]/g)).toHaveLength(2)
  })

  it('today: one method for each operator, whatever its versions', () => {
    expect(registrationCode(gesture, 'today'))
      .toBe(`#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

static tflite::MicroMutableOpResolver<2> resolver;
resolver.AddFullyConnected();
resolver.AddSoftmax();
`)
    expect(registrationCode(model(['CONV_2D', 1], ['CONV_2D', 3]), 'today')).toContain('<1>')
  })

  it("today's methods have the names that its header has", () => {
    const types = Object.keys(supportedOperators)
    const code = registrationCode(model(...types.map((type): [string, number] => [type, 1])), 'today')
    expect([...code.matchAll(/resolver\.(\w+)\(\)/g)].map(([, name]) => name).sort()).toEqual(
      methodsToday.sort(),
    )
  })

  it('a custom operator does not empty the rest: its kernel is declared and added by name', () => {
    const mixed = model(['FULLY_CONNECTED', 4], ['CUSTOM:Foo', 1], ['CUSTOM:Foo', 1], ['SOFTMAX', 2])
    expect(registrationCode(mixed, 'today'))
      .toBe(`#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"

// Custom operators that TFLM does not have: their kernels are yours.
TFLMRegistration* Register_Foo();

static tflite::MicroMutableOpResolver<3> resolver;
resolver.AddFullyConnected();
resolver.AddSoftmax();
resolver.AddCustom("Foo", Register_Foo());
`)
    const old = registrationCode(mixed, '2020')
    expect(old).toContain('TfLiteRegistration* Register_Foo();')
    expect(old).toContain('MicroMutableOpResolver<3>')
    expect(old).toContain('resolver.AddCustom("Foo", Register_Foo(), 1);')
  })

  it("custom operators that today's TFLM has are added by its methods", () => {
    const audio = model(
      ['CUSTOM:SignalWindow', 1],
      ['CUSTOM:SignalFftAutoScale', 1],
      ['CUSTOM:SignalRfft', 1],
    )
    const code = registrationCode(audio, 'today')
    expect([...code.matchAll(/resolver\.(.*);/g)].map(([, call]) => call)).toEqual([
      'AddFftAutoScale()',
      'AddRfft()',
      'AddWindow()',
    ])
    expect(code).not.toContain('yours')
    const buffer = model(['CUSTOM:CIRCULAR_BUFFER', 1], ['CUSTOM:TFLite_Detection_PostProcess', 1])
    expect(registrationCode(buffer, 'today')).toMatch(/AddCircularBuffer[^]*AddDetectionPostprocess/)
    expect(registrationCode(buffer, '2020')).toContain('Register_CIRCULAR_BUFFER(), 1);')
  })

  it('a name that is no identifier, or would end the literal, stays inside it', () => {
    const code = registrationCode(model(['CUSTOM:a"); evil("\\\n*/', 1]), 'today')
    expect(code).toContain(
      'AddCustom("a\\042\\051\\073 evil\\050\\042\\134\\012\\052/", Register_a____evil______());',
    )
  })

  it("names what today's TFLM has not, and adds the rest", () => {
    const code = registrationCode(model(['GELU', 1], ['ADD', 1]), 'today')
    expect(code).toContain('MicroMutableOpResolver<1>')
    expect(code).toContain('resolver.AddAdd();\n// GELU: tflite-micro has no method for it')
  })
})
