import type { Pool, PoolClient } from 'pg'
import { canonical, type Json } from './canonical.ts'
import { headLine, signHead, type SignedHead } from './head.ts'
import type { Keyring } from './keyring.ts'
import { append, EMPTY_FRONTIER, frontierBytes, leafHash, parseFrontier, root } from './merkle.ts'
import { EVENT_COLUMNS } from './trail-reading.ts'

/** Where heads go outside the database: a file, a bucket of somebody else, a time stamp. Durable when it resolves. */
export interface HeadPublisher {
  publish(head: SignedHead): Promise<void>
  /** Size of the last head that was published, 0 when none was. */
  lastSize(practiceId: string): Promise<number>
}

interface Unsealed {
  practiceId: string
  xact: string
  id: string
  what: string | null
  [column: string]: unknown
}
const MOST_AT_ONCE = 5000

/** The event as it is sealed and exported: canonical JSON of exactly this. */
export const leafLine = (seq: number, row: Unsealed): string => {
  const { what, xact: _xact, seq: _seq, ...event } = row
  return canonical({ ...event, seq, opened: what ? (JSON.parse(what) as Json) : [] } as Json)
}

/**
 * The sequencer: puts committed events into the tree of their practice, in commit order at the grain of a batch, and signs its head.
 *
 * @hipaa 164.312(c)(1) integrity
 *
 * Events commit first, without any lock; an event is taken once every transaction that could still commit before it has ended
 * (`pg_snapshot_xmin`), so the order never changes afterwards. One sequencer runs at a time (advisory lock).
 */
export const trail = ({ pool, keys, publisher }: { pool: Pool; keys: Keyring; publisher: HeadPublisher }) => {
  const take = async (client: PoolClient): Promise<{ rows: Unsealed[]; below: string }> => {
    const { rows: [bounds] } = await client.query(`select below::text as below, pg_snapshot_xmin(pg_current_snapshot())::text as horizon from audit.progress`)
    const { rows } = await client.query<Unsealed>(
      `select e.practice_id as "practiceId", e.xact::text as xact, ${EVENT_COLUMNS} from audit.event e
       left join audit.opened o on o.practice_id = e.practice_id and o.event_id = e.id
       where e.xact >= $1::text::xid8 and e.xact < $2::text::xid8 order by e.xact, e.id limit $3`,
      [bounds.below, bounds.horizon, MOST_AT_ONCE],
    )
    if (rows.length < MOST_AT_ONCE) return { rows, below: bounds.horizon }
    // A batch ends at the end of a transaction.
    const last = rows.at(-1)?.xact
    const whole = rows.filter((r) => r.xact !== last)
    return whole.length > 0 ? { rows: whole, below: String(last) } : { rows, below: String(BigInt(String(last)) + 1n) }
  }

  const sealPractice = async (client: PoolClient, practiceId: string, rows: Unsealed[]): Promise<SignedHead> => {
    await keys.ready(practiceId)
    const { rows: [head] } = await client.query('select size, frontier from audit.head where practice_id = $1 order by size desc limit 1', [practiceId])
    const frontier = head ? parseFrontier(head.frontier) : EMPTY_FRONTIER
    const first = frontier.size
    const hashes = rows.map((row, i) => leafHash(Buffer.from(leafLine(first + i, row))))
    const grown = append(frontier, hashes)
    const touched = rows.flatMap((row, i) => {
      const named = row['patientId'] === '*' || row['patientId'] === '-' ? [] : [String(row['patientId'])]
      const opened = row.what ? (JSON.parse(row.what) as { patientId: string }[]).map((o) => o.patientId).filter((p) => p !== '-') : []
      return [...new Set([...named, ...opened])].map((patientId) => ({ patientId, seq: first + i }))
    })
    await client.query(
      'insert into audit.leaf (practice_id, seq, event_id, hash) select $1, unnest($2::bigint[]), unnest($3::text[]), unnest($4::bytea[])',
      [practiceId, rows.map((_, i) => first + i), rows.map((r) => r.id), hashes],
    )
    if (touched.length > 0)
      await client.query('insert into audit.touched (practice_id, patient_id, seq) select $1, unnest($2::text[]), unnest($3::bigint[])', [
        practiceId, touched.map((t) => t.patientId), touched.map((t) => t.seq),
      ])
    const signer = await keys.signer(practiceId)
    const signed = signHead(signer, { at: new Date().toISOString(), practiceId, root: root(grown).toString('hex'), size: grown.size })
    await client.query('insert into audit.head (practice_id, size, root, at, key_id, signature, frontier) values ($1,$2,$3,$4,$5,$6,$7)', [
      practiceId, signed.size, Buffer.from(signed.root, 'hex'), signed.at, signed.keyId, signed.signature, frontierBytes(grown),
    ])
    return { ...signed, leaves: hashes.map((h) => h.toString('hex')) }
  }

  const withClient = async <T>(work: (client: PoolClient) => Promise<T>, begin = 'begin'): Promise<T> => {
    const client = await pool.connect()
    let broken: Error | undefined
    try {
      await client.query(begin)
      const result = await work(client)
      await client.query('commit')
      return result
    } catch (error) {
      await client.query('rollback').catch((e: Error) => (broken = e))
      throw error
    } finally {
      client.release(broken)
    }
  }

  /** Seals what has been committed. Returns how many events. */
  const sealOnce = async (): Promise<number> => {
    const { count, heads } = await withClient(async (client) => {
      const { rows: [lock] } = await client.query(`select pg_try_advisory_xact_lock(hashtextextended('nacre sequencer', 0)) as mine`)
      if (!lock.mine) return { count: 0, heads: [] }
      const { rows, below } = await take(client)
      const made: SignedHead[] = []
      for (const [practiceId, events] of Map.groupBy(rows, (r) => r.practiceId))
        made.push(await sealPractice(client, practiceId, events))
      if (rows.length > 0) await client.query('update audit.progress set below = $1::text::xid8', [below])
      return { count: rows.length, heads: made }
    })
    for (const head of heads) await publisher.publish(head)
    return count
  }

  const headsAfter = async (client: PoolClient, practiceId: string, size: number): Promise<SignedHead[]> => {
    const { rows } = await client.query(
      `select h.size, encode(h.root, 'hex') as root, h.at, h.key_id as "keyId", h.signature,
         (select array_agg(encode(l.hash, 'hex') order by l.seq) from audit.leaf l where l.practice_id = h.practice_id and l.seq < h.size
            and l.seq >= coalesce((select max(p.size) from audit.head p where p.practice_id = h.practice_id and p.size < h.size), 0)) as leaves
       from audit.head h where h.practice_id = $1 and h.size > $2 order by h.size`,
      [practiceId, size],
    )
    return rows.map((r) => ({ at: r.at, keyId: r.keyId, leaves: r.leaves ?? [], practiceId, root: r.root, signature: r.signature, size: Number(r.size) }))
  }

  /** Publishes heads that were committed but not published, after a crash in between. */
  const catchUp = (): Promise<void> =>
    withClient(async (client) => {
      const { rows } = await client.query('select distinct practice_id as id from audit.head')
      for (const { id } of rows) for (const head of await headsAfter(client, id, await publisher.lastSize(id))) await publisher.publish(head)
    })

  return {
    sealOnce,
    catchUp,
    /** Seals until nothing is left to seal. */
    async sealAll(): Promise<void> {
      while ((await sealOnce()) > 0);
    },
    /** The whole trail of a practice as lines for export: events in order, then heads. `write` may apply back-pressure. */
    export: (practiceId: string, write: (file: 'events' | 'heads', line: string) => Promise<void> | void): Promise<void> =>
      withClient(async (client) => {
        const page = 10_000
        for (let first = 0; ; first += page) {
          const { rows } = await client.query<Unsealed & { seq: string }>(
            `select l.seq, e.practice_id as "practiceId", e.xact::text as xact, ${EVENT_COLUMNS} from audit.leaf l
             left join audit.event e on e.practice_id = l.practice_id and e.id = l.event_id
             left join audit.opened o on o.practice_id = e.practice_id and o.event_id = e.id
             where l.practice_id = $1 and l.seq >= $2 and l.seq < $3 order by l.seq`,
            [practiceId, first, first + page],
          )
          for (const row of rows) if (row.id) await write('events', leafLine(Number(row.seq), row))
          if (rows.length < page) break
        }
        for (const head of await headsAfter(client, practiceId, 0)) await write('heads', headLine(head))
        // One snapshot: a head that is signed while events are written would vouch for events that the export does not hold.
      }, 'begin isolation level repeatable read read only'),
  }
}
export type Trail = ReturnType<typeof trail>
