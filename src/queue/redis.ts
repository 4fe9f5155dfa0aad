/** The queue that labs and workers share: BullMQ's, on a Redis of the user's. */
import { createHash } from 'node:crypto'
import type * as BullMq from 'bullmq'
import type { Redis, RedisOptions } from 'ioredis'
import { ExitCode, UserError } from '../../runs/errors.ts'

export type Bull = typeof BullMq

/** How long it takes until a Redis that does not answer is one that is not there. */
const PATIENCE_MILLISECONDS = 5000
const PREFIX = 'boardless'
/** After which a worker of which nothing is heard is gone; and what it had is somebody else's. */
export const LOCK_MILLISECONDS = 10_000
export const LOOK_FOR_STALLED_MILLISECONDS = 5000

export interface RedisAddress {
  readonly url: string
  /** Without name and password. */
  readonly shown: string
}

/** @throws UserError for what is no address of a Redis */
export function redisAddress(url: string): RedisAddress {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (!parsed || !/^rediss?:$/.test(parsed.protocol) || parsed.hostname === '')
    throw new UserError(
      `--queue ${url}: not the address of a Redis; redis://HOST:PORT, such as redis://127.0.0.1:6379`,
    )
  return { url, shown: `${parsed.protocol}//${parsed.hostname}:${parsed.port || '6379'}` }
}

/** BullMQ and one connection for everything, checked. */
export interface Connected {
  readonly bull: Bull
  readonly redis: Redis
  readonly prefix: string
  readonly address: RedisAddress
}

/** @throws UserError where the packages are missing or the Redis cannot be reached */
export async function connect(address: RedisAddress): Promise<Connected> {
  const { bull, IoRedis } = await packages()
  const options: RedisOptions = {
    maxRetriesPerRequest: null,
    connectTimeout: PATIENCE_MILLISECONDS,
    retryStrategy: (attempt) => Math.min(100 * attempt, 2000),
  }
  const redis = new IoRedis(address.url, { ...options, lazyConnect: true })
  let why = 'no answer'
  redis.on('error', ({ message }: Error) => (why = message || why))
  const patience = new Promise<never>((_, reject) =>
    setTimeout(() => reject(new Error('too long')), PATIENCE_MILLISECONDS).unref(),
  )
  try {
    await Promise.race([redis.connect().then(() => redis.ping()), patience])
  } catch (cause) {
    redis.disconnect()
    const said = cause instanceof Error && /WRONGPASS|NOAUTH|ERR/.test(cause.message) ? cause.message : why
    throw new UserError(
      `${address.shown}: no Redis can be reached there (${said}). Start one (redis-server, or docker compose up), or say where it is with --queue.`,
      ExitCode.environment,
      { cause },
    )
  }
  return { bull, redis, prefix: PREFIX, address }
}

async function packages(): Promise<{ bull: Bull; IoRedis: typeof Redis }> {
  try {
    const [bull, { Redis: IoRedis }] = await Promise.all([import('bullmq'), import('ioredis')])
    return { bull, IoRedis }
  } catch (cause) {
    throw new UserError(
      'the queue needs the packages bullmq and ioredis, which come only where they are wanted: npm install bullmq ioredis',
      ExitCode.environment,
      { cause },
    )
  }
}

export const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Workers of another version, or with another compiler, would measure something else: they have a queue of their own. */
export const queueName = (makes: string): string => `lab-${digest(makes).slice(0, 16)}`
export const benchKey = (prefix: string, sha256: string): string => `${prefix}:bench:${sha256}`

/** Workers of any version that are connected, by the names that BullMQ gives their connections. */
export async function connectedWorkers({ redis, prefix }: Connected): Promise<number> {
  const clients = String(await redis.client('LIST')).split('\n')
  return clients.filter((client) => new RegExp(` name=${prefix}:[^ :]+:w:`).test(client)).length
}
