import { describe, expect, it } from 'vitest'
import { numbersOf, readNpy, writeNpy } from './npy.ts'

/** numpy 2.2.6: numpy.save of numpy.array([[1.5, -2]], dtype="<f4") */
const saved = Uint8Array.from([
  ...Buffer.from('\x93NUMPY\x01\x00v\x00', 'latin1'),
  ...Buffer.from(`${"{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }".padEnd(117)}\n`),
  ...new Uint8Array(Float32Array.of(1.5, -2).buffer),
])

describe('npy', () => {
  it('reads what numpy saved, and writes the same', () => {
    const array = readNpy(saved, 'a.npy')
    expect([array.code, array.shape, [...numbersOf(array)]]).toEqual(['<f4', [1, 2], [1.5, -2]])
    expect(Buffer.compare(writeNpy(array), saved)).toBe(0)
  })

  it('a vector, a scalar, and nothing', () => {
    const vector = { code: '|i1', shape: [3], data: Uint8Array.of(1, 255, 128) }
    expect([...numbersOf(readNpy(writeNpy(vector), 'v'))]).toEqual([1, -1, -128])
    expect(readNpy(writeNpy({ code: '|u1', shape: [], data: Uint8Array.of(7) }), 's').shape).toEqual([])
    expect(readNpy(writeNpy({ code: '<f4', shape: [0, 4], data: new Uint8Array() }), 'n').data.length).toBe(0)
  })

  const altered = (from: string, to: string) =>
    Uint8Array.from(Buffer.from(Buffer.from(saved).toString('latin1').replace(from, to), 'latin1'))
  it.each([
    ['empty', new Uint8Array(), 'a.npy: not a .npy file'],
    ['a text', Uint8Array.from(Buffer.from('1,2,3\n4,5,6\n')), 'not a .npy file'],
    ['cut in its header', saved.subarray(0, 50), 'ends within its header'],
    ['cut after the version', saved.subarray(0, 8), 'ends within its header'],
    ['cut in its elements', saved.subarray(0, 134), '6 bytes of elements, its header says 8'],
    ['objects', altered('<f4', '|O '), 'elements of type "|O "'],
    ['big-endian', altered('<f4', '>f4'), 'elements of type ">f4"'],
    ['Fortran order', altered('False', 'True '), 'Fortran order'],
    ['a negative shape', altered('(1, 2)', '(-1,2)'), 'a shape of (-1,2)'],
  ])('%s is refused in one line', (_, bytes, message) => {
    expect(() => readNpy(bytes, 'a.npy')).toThrow(message)
  })
})
