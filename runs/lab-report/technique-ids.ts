/** Of the rows, in their order: what `--only` takes. */
export const techniqueIds = [
  'baseline',
  'architecture',
  'ptq',
  'qat',
  'resolver',
  'cmsis-nn',
  'input-size',
  'separable',
  'pruning',
  'preprocessing',
  'power',
] as const
