/** JSON Schema (draft 2020-12), or a piece of one. */
export type Schema = Readonly<Record<string, unknown>>

export const count: Schema = { type: 'integer', minimum: 0 }
export const quantity: Schema = { type: 'number', minimum: 0 }
export const text: Schema = { type: 'string' }
export const share: Schema = { type: 'number', minimum: 0, maximum: 1 }

export const nullable = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] })
export const oneOf = (...values: readonly unknown[]): Schema => ({ enum: values })
export const list = (items: Schema): Schema => ({ type: 'array', items })
export const map = (additionalProperties: Schema): Schema => ({ type: 'object', additionalProperties })
export const object = (
  properties: Readonly<Record<string, Schema>>,
  optional: Readonly<Record<string, Schema>> = {},
): Schema => ({
  type: 'object',
  required: Object.keys(properties),
  additionalProperties: false,
  properties: { ...properties, ...optional },
})
