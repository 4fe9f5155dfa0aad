import type { LabelListener } from '../../emulator/probes/rounds.ts'
import type { PredictionsReport } from './run-report.ts'

/** Windows that are listed; the counts go on. */
const MOST_WINDOWS = 10_000
/** Predictions without a window, or windows without a prediction, beyond which the two do not belong together. */
const MOST_WAITING = 4096

/** The n-th prediction belongs to the n-th window, whichever is known first. */
class Matching {
  labelled = 0
  correct = 0
  readonly expected: (string | undefined)[] = []
  readonly #predictions: string[] = []
  readonly #labels: (string | undefined)[] = []
  #apart = false

  predict(prediction: string): void {
    if (this.#labels.length > 0) this.#match(prediction, this.#labels.shift())
    else this.#wait(this.#predictions, prediction)
  }

  label(label: string | undefined): void {
    const prediction = this.#predictions.shift()
    if (prediction !== undefined) this.#match(prediction, label)
    else this.#wait(this.#labels, label)
  }

  #wait<T>(queue: T[], one: T): void {
    if (this.#apart) return
    queue.push(one)
    if (queue.length < MOST_WAITING) return
    queue.length = 0
    this.#apart = true
  }

  #match(prediction: string, label: string | undefined): void {
    if (this.expected.length < MOST_WINDOWS) this.expected.push(label)
    if (label === undefined) return
    this.labelled += 1
    if (label === prediction) this.correct += 1
  }
}

/** Predictions that the firmware prints (`prediction: walking 0.9961`), against the recording's labels, as they come. */
export class PredictionRecorder implements LabelListener {
  readonly #windows: { readonly label: string; readonly probability: number | null }[] = []
  readonly #byRound = new Matching()
  readonly #bySpan = new Matching()
  #total = 0

  /** A line of the console, or what there is of the last one. */
  line(text: string): void {
    for (const [, label = '', probability] of text.matchAll(/\bprediction: (\S+)(?: ([0-9.]+))?/g)) {
      this.#total += 1
      if (this.#windows.length < MOST_WINDOWS)
        this.#windows.push({
          label,
          probability: probability === undefined ? null : Math.min(Number(probability), 1),
        })
      this.#byRound.predict(label)
      this.#bySpan.predict(label)
    }
  }

  round(label: string | undefined): void {
    this.#byRound.label(label)
  }

  span(label: string | undefined): void {
    this.#bySpan.label(label)
  }

  /** @param by whether the phases come in rounds, or each is a window of its own; null without predictions */
  report(by: 'round' | 'span'): PredictionsReport | null {
    if (this.#total === 0) return null
    const { labelled, correct, expected } = by === 'round' ? this.#byRound : this.#bySpan
    return {
      total: this.#total,
      labelled,
      correct: labelled === 0 ? null : correct,
      windows: this.#windows.map((window, index) => ({ ...window, expected: expected[index] ?? null })),
    }
  }
}
