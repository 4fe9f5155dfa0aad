import type { Alarm, SavedAlarm } from './alarm.ts'

export interface SavedCall<Item> {
  readonly item: Item
  readonly alarm: SavedAlarm | null
}

/** Calls of which several may be pending at once, each with plain data that says what it is for. */
export class Agenda<Item> {
  #pending: { readonly item: Item; readonly alarm: Alarm }[] = []
  readonly #make: (callback: () => void) => Alarm
  readonly #callback: (item: Item) => void

  /** @param make an alarm that calls back */
  constructor(make: (callback: () => void) => Alarm, callback: (item: Item) => void) {
    this.#make = make
    this.#callback = callback
  }

  /** Calls back with `item` at `due`, whatever else is pending. */
  at(due: number, item: Item): void {
    this.#add(item).at(due)
  }

  /** Takes all of them back. */
  cancel(): void {
    for (const { alarm } of this.#pending) alarm.cancel()
    this.#pending = []
  }

  save(): readonly SavedCall<Item>[] {
    return this.#pending.map(({ item, alarm }) => ({ item, alarm: alarm.save() }))
  }

  /** After the scheduler itself was restored. */
  restore(saved: readonly SavedCall<Item>[]): void {
    this.cancel()
    for (const { item, alarm } of saved) this.#add(item).restore(alarm)
  }

  #add(item: Item): Alarm {
    const alarm = this.#make(() => {
      this.#pending = this.#pending.filter((call) => call.alarm !== alarm)
      this.#callback(item)
    })
    this.#pending.push({ item, alarm })
    return alarm
  }
}
