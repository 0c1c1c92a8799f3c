import type { PoolClient } from 'pg'

const gathering = new WeakSet<PoolClient>()

/** From now until the end of this tick, statements for this connection are held back, to leave the process in one write. */
export const inOneWrite = (client: PoolClient): void => {
  if (gathering.has(client)) return
  gathering.add(client)
  const { stream } = (client as PoolClient & { connection: { stream: { cork(): void; uncork(): void } } }).connection
  stream.cork()
  process.nextTick(() => {
    gathering.delete(client)
    stream.uncork()
  })
}
