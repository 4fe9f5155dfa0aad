import { UserError } from '../errors.ts'

/** @param what that was wanted, for messages @throws UserError in one line for what is not JSON */
export function readJson(text: string, file: string, what: string): unknown {
  if (text.trim() === '') throw new UserError(`${file}: empty. Give ${what}.`)
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''))
  } catch (cause) {
    throw new UserError(`${file}: not JSON. Give ${what}.`, undefined, { cause })
  }
}

/** What JSON of ours says that it is: `lab`, `comparison`; undefined for what says nothing, such as a RunReport. */
export const kindOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, 'kind')
    ? (value as { readonly kind: unknown }).kind
    : undefined
