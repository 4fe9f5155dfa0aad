/** Numbers that come one by one, of which nobody knows how many; kept without ever being copied while they grow. */
export class Column {
  static readonly pieceLength = 65_536
  readonly #pieces: Float64Array[] = []
  #length = 0

  get length(): number {
    return this.#length
  }

  push(value: number): void {
    const at = this.#length % Column.pieceLength
    if (at === 0) this.#pieces.push(new Float64Array(Column.pieceLength))
    const piece = this.#pieces.at(-1)
    if (piece) piece[at] = value
    this.#length += 1
  }

  /** All of them, without those that are left out. The column is empty afterwards. */
  take(leaves: (row: number) => boolean = () => false, leftOut = 0): Float64Array {
    const whole = new Float64Array(this.#length - leftOut)
    let to = 0
    for (let row = 0; row < this.#length; row++) {
      if (!leaves(row))
        whole[to++] = this.#pieces[Math.floor(row / Column.pieceLength)]?.[row % Column.pieceLength] ?? NaN
    }
    this.#pieces.length = 0
    this.#length = 0
    return whole
  }
}
