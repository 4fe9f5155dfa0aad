/** What a thread is told. */
export type ToThread<Request> =
  { readonly kind: 'ask'; readonly request: Request } | { readonly kind: 'stop' }

/** What it says: notes while it works, then one answer or failure for each request. */
export type FromThread<Note, Answer> =
  | { readonly kind: 'note'; readonly note: Note }
  | { readonly kind: 'answer'; readonly answer: Answer }
  | {
      readonly kind: 'failed'
      readonly message: string
      readonly stack: string
      /** Of a UserError. */
      readonly exitCode: number | null
    }
