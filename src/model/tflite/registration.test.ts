import { describe, expect, it } from 'vitest'
import { supportedOperators } from '../../toolchain/resolver.ts'
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

  it('names a custom operator', () => {
    expect(() => registrationCode(model(['CUSTOM:Foo', 1]), 'today')).toThrow(
      /"Foo" is a custom one: register it by hand/,
    )
  })
})
