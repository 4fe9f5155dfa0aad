/** A file of firmware as somebody gave it. */
export interface GivenFirmware {
  readonly file: string
  readonly bytes: Uint8Array
  /** Of a raw binary: where its first byte goes. */
  readonly at?: number | undefined
}

/** What decides where the bytes of a raw binary go. */
export interface ImageChoices {
  /** Address of its first byte. */
  readonly at?: number | undefined
  /** Where the board's bootloader looks for an application, and which board that is. */
  readonly behindBootloader?: { readonly address: number; readonly board: string } | undefined
}
