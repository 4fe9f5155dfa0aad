/** What this device itself feels and hears, as files that the emulated board is played. */
import type { GivenFile } from '../../../runs/session/choices.ts'

type Asking = typeof DeviceMotionEvent & { readonly requestPermission?: () => Promise<'granted' | 'denied'> }

/** @throws Error in one line */
async function mayFeel(): Promise<void> {
  if (!('DeviceMotionEvent' in globalThis))
    throw new Error('this device has no motion sensors that a page may read.')
  const answer = await (DeviceMotionEvent as Asking).requestPermission?.()
  if (answer === 'denied')
    throw new Error('the browser does not let this page feel movement: allow it in its settings.')
}

const G = 9.80665

/** In g and degrees a second: W3C Device Orientation gives m/s², and rotation about z, x and y. */
const valuesOf = ({
  accelerationIncludingGravity: a,
  rotationRate: r,
}: DeviceMotionEvent): Readonly<Record<string, number>> => ({
  ax: (a?.x ?? 0) / G,
  ay: (a?.y ?? 0) / G,
  az: (a?.z ?? 0) / G,
  gx: r?.beta ?? 0,
  gy: r?.gamma ?? 0,
  gz: r?.alpha ?? 0,
})

const COLUMNS = ['ax_g', 'ay_g', 'az_g', 'gx_dps', 'gy_dps', 'gz_dps'] as const

/** @returns what ends it @throws Error in one line */
export async function feel(told: (values: Readonly<Record<string, number>>) => void): Promise<() => void> {
  await mayFeel()
  const listener = (event: DeviceMotionEvent): void => {
    told(valuesOf(event))
  }
  addEventListener('devicemotion', listener)
  return () => {
    removeEventListener('devicemotion', listener)
  }
}

/** @throws Error in one line */
export async function recordMotion(seconds: number): Promise<GivenFile> {
  await mayFeel()
  const rows: string[] = []
  const began = performance.now()
  const end = await feel((values) => {
    const at = ((performance.now() - began) / 1000).toFixed(4)
    rows.push([at, ...COLUMNS.map((name) => (values[name.split('_')[0] ?? ''] ?? 0).toFixed(5))].join(','))
  })
  await new Promise((resolve) => setTimeout(resolve, 1000 * seconds))
  end()
  if (rows.length < 2) throw new Error('nothing was felt: this device sends no movement.')
  return csv('movement.csv', [`time_s,${COLUMNS.join(',')}`, ...rows])
}

export const csv = (name: string, lines: readonly string[]): GivenFile => ({
  name,
  bytes: new TextEncoder().encode(`${lines.join('\n')}\n`),
})

const RATE = 16_000

/** @throws Error in one line */
export async function recordSound(seconds: number): Promise<GivenFile> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true }).catch(() => {
    throw new Error('the browser does not let this page hear: allow the microphone, or give a WAV file.')
  })
  const recorder = new MediaRecorder(stream)
  const pieces: Blob[] = []
  recorder.ondataavailable = ({ data }) => pieces.push(data)
  const isOver = new Promise((resolve) => (recorder.onstop = resolve))
  recorder.start()
  await new Promise((resolve) => setTimeout(resolve, 1000 * seconds))
  recorder.stop()
  await isOver
  for (const track of stream.getTracks()) track.stop()
  const context = new AudioContext({ sampleRate: RATE })
  const heard = await context.decodeAudioData(await new Blob(pieces).arrayBuffer())
  await context.close()
  return { name: 'microphone.wav', bytes: wav(heard.getChannelData(0)) }
}

/** RIFF WAVE of 16 kHz, mono, 16 bits. @param samples from -1 to 1 */
export function wav(samples: Float32Array): Uint8Array {
  const bytes = new Uint8Array(44 + 2 * samples.length)
  const view = new DataView(bytes.buffer)
  const text = (at: number, letters: string): void => {
    for (let i = 0; i < letters.length; i++) bytes[at + i] = letters.charCodeAt(i)
  }
  text(0, 'RIFF')
  view.setUint32(4, bytes.length - 8, true)
  text(8, 'WAVEfmt ')
  view.setUint32(16, 16, true)
  view.setUint16(20, 1, true)
  view.setUint16(22, 1, true)
  view.setUint32(24, RATE, true)
  view.setUint32(28, 2 * RATE, true)
  view.setUint16(32, 2, true)
  view.setUint16(34, 16, true)
  text(36, 'data')
  view.setUint32(40, 2 * samples.length, true)
  samples.forEach((value, i) => {
    view.setInt16(44 + 2 * i, Math.round(Math.max(-1, Math.min(1, value)) * 32_767), true)
  })
  return bytes
}
