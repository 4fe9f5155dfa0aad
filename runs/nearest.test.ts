import { expect, it } from 'vitest'
import { didYouMean, nearest } from './nearest.ts'

const apps = ['gesture', 'stock', 'infer', 'gesture-continuous', 'keyword', 'keyword-gated']

it.each([
  ['gestrue', 'gesture'],
  ['Gesture', 'gesture'],
  ['keywrod-gated', 'keyword-gated'],
  ['stok', 'stock'],
  ['continuous', 'gesture-continuous'],
])('%s is meant to be %s', (given, meant) => expect(nearest(given, apps)).toBe(meant))

it.each(['', 'x', 'firmware.elf', 'blinky'])('%j is none of them', (given) =>
  expect(nearest(given, apps)).toBeUndefined(),
)

it('asks, or says what else to do', () => {
  expect(didYouMean('stok', apps)).toBe(' Did you mean stock?')
  expect(didYouMean('blinky', apps, 'Give an app.')).toBe(' Give an app.')
  expect(didYouMean('blinky', apps)).toBe('')
})

it('a namespace need not be written', () => {
  const functions = ['main', 'tflite::MicroInterpreter::Invoke', 'tflite::MicroInterpreter::AllocateTensors']
  expect(nearest('Invoek', functions)).toBe('tflite::MicroInterpreter::Invoke')
  expect(nearest('MicroInterpreter::Invoek', functions)).toBe('tflite::MicroInterpreter::Invoke')
})
