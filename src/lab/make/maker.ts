import type { Job } from '../engine/engine.ts'
import { measurementKey } from '../keys.ts'
import type { Measurement, ModelMeasurement, ModelResult } from '../measurement.ts'
import { CannotMeasure, type Made } from '../outcome.ts'
import type { Bench } from './bench.ts'
import { makeDevice } from './device.ts'
import { makeScenario } from './scenario.ts'
import { Trainer } from './training.ts'

type OnStep = (step: string) => void

/** Makes measurements, one after the other; keeps the latest training in between. */
export class Maker {
  readonly #trainer: Trainer

  constructor(readonly bench: Bench) {
    this.#trainer = new Trainer(bench)
  }

  async run(job: Job, onMade: (key: string, made: Made) => void, onStep: OnStep): Promise<void> {
    const needs = new Map(job.needs.map(({ key, made }) => [key, made]))
    for (const { key, measurement } of job.measurements)
      onMade(key, await this.#made(measurement, needs, onStep))
  }

  async #made(measurement: Measurement, needs: ReadonlyMap<string, Made>, onStep: OnStep): Promise<Made> {
    try {
      return { result: await this.#make(measurement, needs, onStep) }
    } catch (error) {
      if (error instanceof CannotMeasure) return { cannot: error.message }
      throw error
    }
  }

  #make(measurement: Measurement, needs: ReadonlyMap<string, Made>, onStep: OnStep): Promise<unknown> {
    switch (measurement.kind) {
      case 'fold':
        return this.#trainer.fold(measurement, onStep)
      case 'model':
        return this.#trainer.model(measurement, onStep)
      case 'given-accuracy':
        return this.#trainer.givenAccuracy(measurement, onStep)
      case 'device':
        return makeDevice(
          measurement,
          needed({ kind: 'model', model: measurement.model }, needs),
          this.bench,
          onStep,
        )
      case 'scenario':
        return makeScenario(measurement, onStep)
    }
  }
}

function needed(measurement: ModelMeasurement, needs: ReadonlyMap<string, Made>): ModelResult {
  const made = needs.get(measurementKey(measurement))
  if (made === undefined) throw new Error('a measurement began before what it needs was finished')
  if ('cannot' in made) throw new CannotMeasure(made.cannot)
  return made.result as ModelResult
}
