import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
import { expect, it } from 'vitest'
import { prepareTensorFlow, replacedKernels } from './tensorflow.ts'

/** Values and gradients of every operation that is replaced, as flat arrays. */
function computed(): Record<string, number[]> {
  const x = tf.randomNormal<tf.Rank.R4>([2, 7, 5, 4], 0, 1, 'float32', 1)
  const filter = tf.randomNormal<tf.Rank.R4>([3, 2, 4, 6], 0, 1, 'float32', 2)
  const depth = tf.randomNormal<tf.Rank.R4>([3, 2, 4, 2], 0, 1, 'float32', 3)
  const [a, b] = [
    tf.randomNormal<tf.Rank.R2>([5, 8], 0, 1, 'float32', 4),
    tf.randomNormal<tf.Rank.R2>([8, 3], 0, 1, 'float32', 5),
  ]
  const [at, bt] = [tf.transpose(a), tf.transpose(b)]
  const results: Record<string, number[]> = {}
  const both = (name: string, f: (x: tf.Tensor, w: tf.Tensor) => tf.Tensor, given: tf.Tensor[]) => {
    const squared = (x: tf.Tensor, w: tf.Tensor) => tf.sum<tf.Scalar>(tf.square(f(x, w)))
    const { value, grads } = tf.valueAndGrads(squared)(given)
    ;[value, ...grads, f(given[0]!, given[1]!)].forEach((tensor, index) => {
      results[`${name} ${index}`] = [...tensor.dataSync()]
    })
  }
  for (const padding of ['same', 'valid'] as const) {
    both(`conv ${padding}`, (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, [2, 1], padding), [
      x,
      filter,
    ])
    both(`depth ${padding}`, (x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, padding), [
      x,
      depth,
    ])
  }
  both('matmul', (x, w) => tf.matMul(x, w), [a, b])
  both('matmul, transposed', (x, w) => tf.matMul(x, w, true, true), [at, bt])
  const [bias, scalar] = [tf.randomNormal([4], 2, 0.1, 'float32', 6), tf.scalar(3)]
  const flat = tf.reshape(x, [-1, 4])
  for (const [name, f] of Object.entries({ add: tf.add, sub: tf.sub, mul: tf.mul, div: tf.div })) {
    both(name, f, [x, bias])
    both(`${name} to one`, f, [x, scalar])
    both(`${name} of the whole`, f, [bias, x])
    both(`${name} of a column`, f, [flat, tf.add(tf.slice(flat, [0, 0], [-1, 1]), 9)])
    both(`${name}, one row`, f, [x, tf.reshape(bias, [1, 1, 1, 4])])
  }
  both('sum and mean', (x, w) => tf.mul(tf.sum(x, [0, 1, 2]), tf.mean(w, [0])), [x, flat])
  both('sum and mean of others', (x, w) => tf.mul(tf.sum(x, [1, 3]), tf.mean(w)), [x, flat])
  return results
}

it('the replaced kernels give what the stock ones give', async () => {
  await tf.setBackend('cpu')
  const stock = replacedKernels.map((name) => tf.getKernel(name, 'cpu').kernelFunc)
  const expected = computed()
  await prepareTensorFlow()
  replacedKernels.forEach((name, index) =>
    expect(tf.getKernel(name, 'cpu').kernelFunc).not.toBe(stock[index]),
  )
  const ours = computed()
  for (const [name, values] of Object.entries(expected)) {
    const largest = Math.max(...values.map(Math.abs))
    values.forEach((value, index) => {
      expect(Math.abs(ours[name]![index]! - value) / largest, name).toBeLessThan(1e-5)
    })
  }
})
