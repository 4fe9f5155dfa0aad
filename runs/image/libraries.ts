/** Which libraries are linked into a firmware, and of which generation, by its symbols. */
import type { FunctionRange, SymbolTable } from './symbols.ts'

/** How sure a library is there: `none` where there are symbols and none is of it. */
export type Linked =
  | { readonly linked: 'unknown' }
  | { readonly linked: 'none' }
  /** `generation` as in "4.0.0 to 4.1.0"; undefined where the symbols do not say. */
  | { readonly linked: 'yes'; readonly generation: string | undefined }

/** Names that came and went: `since` the first state that has one, `until` the first that has it no more. */
interface Name {
  readonly pattern: RegExp
  readonly since?: number
  readonly until?: number
}

/**
 * Commits of github.com/tensorflow/tflite-micro by their day. It begins on the first; what it never had is known of
 * TFLM of July 2020.
 */
const tflmDays = [
  '2021-04-08',
  '2021-05-13',
  '2021-09-07',
  '2022-01-08',
  '2022-07-07',
  '2022-09-24',
  '2022-10-19',
  '2023-05-18',
  '2023-05-26',
  '2023-07-11',
  '2023-08-28',
  '2023-09-11',
  '2024-08-14',
] as const
const day = (text: (typeof tflmDays)[number]): number => tflmDays.indexOf(text)

const constructor = String.raw`^tflite::MicroInterpreter::MicroInterpreter\(.*`
const tflmNames: readonly Name[] = [
  { pattern: /^tflite::MicroAllocator::FinishTensorAllocation\(/, until: day('2021-04-08') },
  { pattern: new RegExp(String.raw`${constructor}ErrorReporter\s*\*\)`), until: day('2021-04-08') },
  { pattern: /^tflite::MicroAllocator::StartModelAllocation\(.*MicroOpResolver/, until: day('2021-05-13') },
  { pattern: /^tflite::MicroAllocator::.*SubgraphAllocations/, since: day('2021-05-13') },
  { pattern: /^tflite::MicroGraph::/, since: day('2021-05-13'), until: day('2023-09-11') },
  { pattern: /^tflite::.*MicroResourceVariables/, since: day('2021-09-07') },
  {
    pattern: new RegExp(String.raw`${constructor}ErrorReporter\s*\*, tflite::MicroProfiler\s*\*\)`),
    until: day('2021-09-07'),
  },
  { pattern: /^tflite::MicroContext::/, since: day('2022-01-08') },
  { pattern: /^tflite::.*SimpleMemoryAllocator/, until: day('2022-07-07') },
  { pattern: /^tflite::.*SingleArenaBufferAllocator/, since: day('2022-07-07') },
  { pattern: /^tflite::.*MicroProfilerInterface/, since: day('2022-09-24') },
  { pattern: new RegExp(String.raw`${constructor}ErrorReporter\s*\*`), until: day('2022-10-19') },
  { pattern: /^tflite::.*\bTFLMRegistration\b/, since: day('2023-05-18') },
  { pattern: /^tflite::.*\bTfLiteRegistration\b/, until: day('2023-05-26') },
  { pattern: /^tflite::ops::micro::Register_/, until: day('2023-07-11') },
  {
    pattern: new RegExp(String.raw`${constructor}MicroProfilerInterface\s*\*\)`),
    until: day('2023-08-28'),
  },
  { pattern: new RegExp(String.raw`${constructor}, bool\)`), since: day('2023-08-28') },
  { pattern: /^tflite::MicroInterpreter(Graph|Context)::/, since: day('2023-09-11') },
  { pattern: /^tflite::DecompressionState::/, since: day('2024-08-14') },
]

/** CMSIS-NN by release; before 4.0.0 it was a part of CMSIS 5. */
const nnReleases = ['CMSIS 5', '4.0.0', '4.1.0', '5.0.0', '6.0.0', '7.0.0', 'after 7.0.0'] as const
const nn = (text: (typeof nnReleases)[number]): number => nnReleases.indexOf(text)

/** Each looked up in the tags of github.com/ARM-software/CMSIS-NN. */
const nnNames: readonly Name[] = [
  {
    pattern:
      /^arm_(\w+_HWC_q(7|15)\w*|fully_connected_(mat_)?q(7|15)\w*|softmax_q(7|15)|q7_to_q15_no_shift)$/,
    until: nn('4.0.0'),
  },
  { pattern: /^arm_(nn_accumulate_q7_to_q15|nn_mat_mult_kernel_s8_s16_reordered)$/, until: nn('4.0.0') },
  { pattern: /^arm_(convolve_1x1_s8|lstm_unidirectional_s16_s8)$/, since: nn('4.0.0') },
  { pattern: /^arm_s8_to_s16_unordered_with_offset$/, since: nn('4.1.0') },
  { pattern: /^arm_(convolve|convolve_wrapper|fully_connected)_s4$/, since: nn('5.0.0') },
  { pattern: /^arm_(svdf_s8_get_buffer_size|vector_sum_s8|transpose_conv_s8)$/, since: nn('5.0.0') },
  { pattern: /^arm_(convolve_fast_s16|lstm_unidirectional_s16_s8)$/, until: nn('6.0.0') },
  { pattern: /^arm_(lstm_unidirectional_s8|nn_mat_mult_kernel_row_offset_s8_s16)$/, since: nn('6.0.0') },
  { pattern: /^arm_(elementwise_mul_acc_s16|convolve_1_x_n_s4)$/, since: nn('6.0.0') },
  { pattern: /^arm_(batch_matmul_s8|fully_connected_(wrapper|per_channel)_s8)$/, since: nn('7.0.0') },
  { pattern: /^arm_((pad|transpose|minimum|maximum)_s8|nn_transpose_conv_row_s8_s32)$/, since: nn('7.0.0') },
  {
    pattern: /^arm_(fully_connected|convolve|depthwise_conv|elementwise_(add|mul))_f(16|32)$/,
    since: nn('after 7.0.0'),
  },
]

export const isTflm = /^tflite::/

/** TFLM, by what every firmware that has an interpreter or a kernel of it brings along. */
export function linkedTflm(symbols: SymbolTable): Linked {
  return linked(symbols, isTflm, tflmNames, tflmText)
}

function tflmText(from = -1, before: number | undefined): string | undefined {
  const first = tflmDays[from]
  const last = before === undefined ? undefined : tflmDays[before]
  if (first !== undefined) return last === undefined ? `of ${first} or later` : `of ${first} to ${last}`
  return last === undefined ? undefined : `before ${last}`
}

export const isCmsisNn =
  /^arm_(nn_|convolve_|depthwise_(separable_)?conv|fully_connected_|avgpool_|avepool_|max_?pool_|softmax_(s8|s16|u8|q7|q15|with)|elementwise_(add|mul)_s|concatenation_s8|svdf_|lstm_unidirectional|relu6?_(s8|q7|q15)|transpose_conv_|batch_matmul_|pad_s8|vector_sum_s8|(minimum|maximum|transpose|reshape)_s8)/

export function linkedCmsisNn(symbols: SymbolTable): Linked {
  return linked(symbols, isCmsisNn, nnNames, nnText)
}

function nnText(from = 0, before: number | undefined): string | undefined {
  const first = nnReleases[from] ?? ''
  const last = before === undefined ? undefined : (nnReleases[before - 1] ?? '')
  if (last === undefined) return from === 0 ? undefined : `${first} or later`
  return first === last ? first : `${first} to ${last}`
}

function linked(
  symbols: SymbolTable,
  isOfIt: RegExp,
  names: readonly Name[],
  text: (from: number | undefined, before: number | undefined) => string | undefined,
): Linked {
  if (symbols.isEmpty) return { linked: 'unknown' }
  if (symbols.functionsMatching(isOfIt).length === 0) return { linked: 'none' }
  const there = names.filter(({ pattern }) => symbols.functions.some((one) => isNamed(one, pattern)))
  const sinces = there.flatMap(({ since }) => (since === undefined ? [] : [since]))
  const untils = there.flatMap(({ until }) => (until === undefined ? [] : [until]))
  const from = sinces.length === 0 ? undefined : Math.max(...sinces)
  const before = untils.length === 0 ? undefined : Math.min(...untils)
  // A fork may have names of two generations.
  if (from !== undefined && before !== undefined && from >= before)
    return { linked: 'yes', generation: 'with names of several generations' }
  return { linked: 'yes', generation: text(from, before) }
}

const isNamed = ({ name }: FunctionRange, pattern: RegExp): boolean => pattern.test(name)

/** Of others it is only said that they are there. */
const others: readonly (readonly [name: string, function_: RegExp])[] = [
  ['Edge Impulse SDK', /^(ei::|run_classifier\b|process_impulse|ei_run_classifier|ei_printf|ei_malloc)/],
  [
    'CMSIS-DSP',
    /^arm_(rfft|cfft|dct4|fir|biquad|mat_(mult|add|sub|scale|trans|init|inverse)|(mean|rms|std|var|power|max|min|absmax|dot_prod|scale|offset|add|sub|mult|abs|sin|cos|copy|fill|cmplx_mag)_(f32|q7|q15|q31)|cmplx_|float_to_q|q(7|15|31)_to_(float|f16|f64|q7|q15|q31)$)/,
  ],
  [
    'Arduino core',
    /^(arduino::|initVariant\b|HardwareSerial::|Print::(print|write)|digitalWrite$|pinMode\b)/,
  ],
  ['mbed OS', /^(mbed::|mbed_(main|die|error|start)\b|rtos::)/],
  ['Zephyr', /^(z_cstart|z_thread_entry|z_impl_\w+|z_arm_reset|k_sys_)/],
  ['FreeRTOS', /^(vTaskStartScheduler|xTaskCreate\w*|vTaskSwitchContext|xTaskIncrementTick)$/],
  [
    'calls of a SoftDevice',
    /^sd_(softdevice|ble|app|power|nvic|flash|clock|radio|ppi|ecb|evt|mutex|rand|temp|mbr|ant)_/,
  ],
]

export const otherLibraries = (symbols: SymbolTable): readonly string[] =>
  others.filter(([, pattern]) => symbols.functionsMatching(pattern).length > 0).map(([name]) => name)
