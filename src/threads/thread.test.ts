import { afterEach, describe, expect, it } from 'vitest'
import { UserError } from '../../runs/errors.ts'
import { Thread } from './thread.ts'

/** A script that speaks the protocol by hand, as a thread of compiled code does through `serve`. */
const script = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort, workerData } from 'node:worker_threads'
    const say = (message) => parentPort.postMessage(message)
    let stopped = () => undefined
    parentPort.on('message', ({ kind, request }) => {
      if (kind === 'stop') stopped()
      else if (request === 'wait') stopped = () => say({ kind: 'answer', answer: 'stopped' })
      else if (request === 'user') say({ kind: 'failed', message: 'no such file', stack: '', exitCode: 3 })
      else if (request === 'bug') say({ kind: 'failed', message: 'a bug', stack: 'where it was', exitCode: null })
      else if (request === 'throw') throw new Error('thrown')
      else if (request === 'exit') process.exit(0)
      else {
        say({ kind: 'note', note: 'begun' })
        say({ kind: 'answer', answer: workerData + request })
      }
    })`)}`,
)

const threads: Thread<string, string, string>[] = []
const start = () => {
  const thread = new Thread<string, string, string>(script, 'data, ')
  threads.push(thread)
  return thread
}
afterEach(async () => {
  await Promise.all(threads.splice(0).map((thread) => thread.end()))
})

describe('a thread', () => {
  it('answers one request after the other, with notes before', async () => {
    const thread = start()
    const notes: string[] = []
    expect(await thread.ask('one', (note) => notes.push(note))).toBe('data, one')
    expect(await thread.ask('two')).toBe('data, two')
    expect(notes).toEqual(['begun'])
  })

  it('still answers when it is told to stop', async () => {
    const thread = start()
    const answer = thread.ask('wait')
    thread.stop()
    expect(await answer).toBe('stopped')
  })

  it('is not waited for once it is abandoned', async () => {
    const thread = start()
    const answer = thread.ask('wait')
    thread.abandon(new Error('interrupted'))
    await expect(answer).rejects.toThrow('interrupted')
  })

  it('hands on what is wrong with the input as what it is', async () => {
    const error = await start()
      .ask('user')
      .catch((cause: unknown) => cause)
    expect(error).toBeInstanceOf(UserError)
    expect(error).toMatchObject({ message: 'no such file', exitCode: 3 })
  })

  it('hands on an error with its place, thrown or told', async () => {
    await expect(start().ask('bug')).rejects.toMatchObject({ message: 'a bug', stack: 'where it was' })
    await expect(start().ask('throw')).rejects.toThrow('thrown')
  })

  it('that ends early is told from one that answers', async () => {
    await expect(start().ask('exit')).rejects.toThrow('a thread ended before its answer')
  })
})
