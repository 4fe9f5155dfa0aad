import type { LabelListener } from '../../../emulator/probes/rounds.ts'
import { Log } from '../../../emulator/snapshot/log.ts'
import type { LabelOver } from '../../../emulator/trace/labels.ts'
import { count, grouped } from './format.ts'
import type { PredictionsReport } from '../run-report.ts'

/** Windows that are listed; the counts go on. */
const MOST_WINDOWS = 10_000
/** Predictions without a window, or windows without a prediction, beyond which the two do not belong together. */
const MOST_WAITING = 4096

interface SavedMatching {
  readonly labelled: number
  readonly spanning: number
  readonly correct: number
  readonly labels: readonly (readonly LabelOver[])[]
  readonly predictions: readonly string[]
  readonly waiting: readonly LabelOver[]
  readonly apart: boolean
}

export interface SavedPredictions {
  readonly windows: readonly (readonly Window[])[]
  readonly byRound: SavedMatching
  readonly bySpan: SavedMatching
  readonly total: number
}

interface Window {
  readonly label: string
  readonly probability: number | null
}

/** The n-th prediction belongs to the n-th window, whichever is known first. */
class Matching {
  labelled = 0
  spanning = 0
  correct = 0
  readonly labels = new Log<LabelOver>()
  readonly #predictions: string[] = []
  readonly #waiting: LabelOver[] = []
  #apart = false

  save(): SavedMatching {
    const { labelled, spanning, correct } = this
    return {
      ...{ labelled, spanning, correct },
      labels: this.labels.save(),
      predictions: [...this.#predictions],
      waiting: [...this.#waiting],
      apart: this.#apart,
    }
  }

  restore({ labelled, spanning, correct, labels, predictions, waiting, apart }: SavedMatching): void {
    Object.assign(this, { labelled, spanning, correct })
    this.labels.restore(labels)
    this.#predictions.splice(0, Infinity, ...predictions)
    this.#waiting.splice(0, Infinity, ...waiting)
    this.#apart = apart
  }

  predict(prediction: string): void {
    const label = this.#waiting.shift()
    if (label !== undefined) this.#match(prediction, label)
    else this.#wait(this.#predictions, prediction)
  }

  label(label: LabelOver): void {
    const prediction = this.#predictions.shift()
    if (prediction !== undefined) this.#match(prediction, label)
    else this.#wait(this.#waiting, label)
  }

  #wait<T>(queue: T[], one: T): void {
    if (this.#apart) return
    queue.push(one)
    if (queue.length < MOST_WAITING) return
    queue.length = 0
    this.#apart = true
  }

  #match(prediction: string, label: LabelOver): void {
    if (this.labels.length < MOST_WINDOWS) this.labels.push(label)
    if (label.kind === 'several') this.spanning += 1
    if (label.kind !== 'one') return
    this.labelled += 1
    if (label.label === prediction) this.correct += 1
  }
}

/**
 * Predictions that the firmware prints (`prediction: walking 0.9961`), against the recording's labels, as they come.
 * A window that spans several labels has no right answer: it is counted apart.
 */
export class PredictionRecorder implements LabelListener {
  readonly #windows = new Log<Window>()
  readonly #byRound = new Matching()
  readonly #bySpan = new Matching()
  #total = 0

  get total(): number {
    return this.#total
  }

  save(): SavedPredictions {
    return {
      windows: this.#windows.save(),
      byRound: this.#byRound.save(),
      bySpan: this.#bySpan.save(),
      total: this.#total,
    }
  }

  restore({ windows, byRound, bySpan, total }: SavedPredictions): void {
    this.#windows.restore(windows)
    this.#byRound.restore(byRound)
    this.#bySpan.restore(bySpan)
    this.#total = total
  }

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

  round(label: LabelOver): void {
    this.#byRound.label(label)
  }

  span(label: LabelOver): void {
    this.#bySpan.label(label)
  }

  /** @param by whether the phases come in rounds, or each is a window of its own; null without predictions */
  report(by: 'round' | 'span'): PredictionsReport | null {
    if (this.#total === 0) return null
    const { labelled, spanning, correct, labels } = by === 'round' ? this.#byRound : this.#bySpan
    return {
      total: this.#total,
      labelled,
      spanning,
      correct: labelled === 0 ? null : correct,
      windows: this.#windows.toArray().map((window, index) => {
        const label = labels.at(index)
        return {
          ...window,
          expected: label?.kind === 'one' ? label.label : null,
          spansLabels: label?.kind === 'several',
        }
      }),
    }
  }
}

/** In words, such as "12 of 12 windows as labelled". */
export function predictionScore({ total, labelled, correct }: PredictionsReport): string {
  if (correct !== null) return `${grouped(correct)} of ${count(labelled, 'window')} as labelled`
  return `${count(total, 'window')}, none under one label`
}

/** What is left out of the score, such as "3 windows span two labels, not judged"; undefined where all are judged. */
export function notJudged({ total, labelled, spanning }: PredictionsReport): string | undefined {
  const unlabelled = total - labelled - spanning
  const parts = [
    ...(spanning > 0
      ? [`${count(spanning, 'window')} ${spanning === 1 ? 'spans' : 'span'} two labels, not judged`]
      : []),
    ...(unlabelled > 0 ? [`${count(unlabelled, 'window')} without a label`] : []),
  ]
  return parts.length === 0 ? undefined : parts.join('; ')
}
