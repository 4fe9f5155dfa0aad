import { batch, signal } from '@preact/signals'
import type { RunChoices } from '../../runs/session/choices.ts'
import type { LabReport } from '../../runs/lab-report/lab-report.ts'
import type { Firmware } from '../../runs/session/session.ts'
import type { RunReport } from '../../runs/report/run-report.ts'
import type { LiveState, OpenFacts, SessionEvent } from '../../runs/session/protocol.ts'
import { Link } from '../worker/link.ts'

/** Of the console, so many characters are kept for the page; the report has all that there is room for. */
const CONSOLE_CHARACTERS = 200_000
/** After the run has stopped: whoever steps on quickly wants no report of each step. */
const REPORT_AFTER_MILLISECONDS = 250

let opened = 0

/** One run that is open in the page, in a worker of its own. */
export class OpenRun {
  readonly id = `run-${++opened}`
  readonly link: Link
  readonly facts = signal<OpenFacts | undefined>(undefined)
  readonly live = signal<LiveState | undefined>(undefined)
  readonly console = signal('')
  /** As it stood when it was last asked for. */
  readonly report = signal<RunReport | undefined>(undefined)
  /** Of what the lab made; there is no run then. */
  readonly lab = signal<LabReport | undefined>(undefined)
  /** The worker is gone. */
  readonly died = signal<string | undefined>(undefined)
  /** Of a run here: what runs, and what it is given. */
  firmware: Firmware | undefined
  readonly choices = signal<RunChoices>({})
  #decoder = new TextDecoder()
  #report: ReturnType<typeof setTimeout> | undefined

  constructor(link = new Link()) {
    this.link = link
    link.onEvent = (event) => {
      this.#heard(event)
    }
    link.onDeath = (message) => (this.died.value = message)
  }

  /** Takes over what was opened, and asks for its report unless it is yet to run. */
  async begin(opening: Promise<OpenFacts>): Promise<void> {
    this.facts.value = await opening
    if (this.facts.value.kind === 'lab') this.lab.value = await this.link.call.lab()
    else if (this.facts.value.kind !== 'live') await this.refresh()
  }

  /** Firmware at reset, with what it shall be given. @throws Error in one line; what was open stays open then */
  async put(firmware: Firmware, choices: RunChoices): Promise<void> {
    const facts = await this.link.call.openFirmware(firmware, choices)
    const state = await this.link.call.state()
    this.firmware = firmware
    this.#decoder = new TextDecoder()
    batch(() => {
      this.choices.value = choices
      this.facts.value = facts
      this.console.value = ''
      this.report.value = undefined
      this.live.value = state
    })
  }

  /** The report, as the run stands now. */
  async refresh(): Promise<void> {
    this.report.value = await this.link.call.report()
  }

  close(): void {
    this.link.close()
  }

  #heard(event: SessionEvent): void {
    if (event.event === 'console') {
      const text = this.console.value + this.#decoder.decode(event.bytes, { stream: true })
      this.console.value = text.slice(-CONSOLE_CHARACTERS)
      return
    }
    batch(() => {
      const facts = this.facts.value
      if (event.event === 'state') this.live.value = event.state
      else if (facts)
        this.facts.value = { ...facts, to: event.to, ...(event.tracks && { tracks: event.tracks }) }
    })
    if (event.event !== 'state') return
    clearTimeout(this.#report)
    if (event.state.isRunning || event.state.cycle === 0) return
    this.#report = setTimeout(() => {
      this.refresh().catch(() => undefined) // Its worker is gone, which the page says by itself.
    }, REPORT_AFTER_MILLISECONDS)
  }
}
