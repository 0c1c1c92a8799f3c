import { execFile } from 'node:child_process'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { canonical } from '../server/src/kernel/canonical.ts'
import { headLine, keyIdOf, signHead, type SignedHead } from '../server/src/kernel/head.ts'
import { leafHash, rootOf } from '../server/src/kernel/merkle.ts'
import { Unreadable, verify } from './nacre-verify.mjs'

/* The trails here are written with the server's own code and read with the verifier's: two implementations must agree. */

const owner = generateKeyPairSync('ed25519')
const attacker = generateKeyPairSync('ed25519')
const pemOf = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString()

const eventAt = (seq: number, more: Record<string, string> = {}): string =>
  canonical({
    action: 'patient.card',
    actor: 'usr_desk',
    at: new Date(Date.UTC(2026, 10, 22, 10) + seq * 1000).toISOString(),
    id: `evt_${seq}`,
    opened: [{ fields: ['name'], patientId: 'pat_1', record: 'patient', rowId: 'pat_1' }],
    outcome: 'done',
    practiceId: 'prc_1',
    purpose: 'treatment',
    seq,
    ...more,
  })
const eventsTo = (count: number): string[] => Array.from({ length: count }, (_, seq) => eventAt(seq))
const hashesOf = (lines: readonly string[]): Buffer[] => lines.map((line) => leafHash(Buffer.from(line)))

/** Heads over these lines at these sizes, each with the leaves since the one before. */
function headsOf(lines: readonly string[], sizes: readonly number[], key = owner.privateKey, practiceId = 'prc_1') {
  const leaves = hashesOf(lines)
  return sizes.map((size, n): SignedHead => {
    const since = leaves.slice(sizes[n - 1] ?? 0, size).map((leaf) => leaf.toString('hex'))
    const facts = {
      at: `2026-11-22T1${n}:30:00.000Z`,
      practiceId,
      root: rootOf(leaves.slice(0, size)).toString('hex'),
      size,
    }
    return { ...signHead(key, facts), leaves: since }
  })
}
const withoutLeaves = (heads: readonly SignedHead[]): SignedHead[] =>
  heads.map(({ at, keyId, practiceId, root, signature, size }) => ({ at, keyId, practiceId, root, signature, size }))

const SIZES = [7, 8, 20, 33, 50]
const lines = eventsTo(50)
const heads = headsOf(lines, SIZES)

const folder = mkdtempSync(join(tmpdir(), 'nacre-verify-'))
afterAll(() => rmSync(folder, { recursive: true }))
const eventsPath = join(folder, 'events.ndjson')
const headsPath = join(folder, 'heads.ndjson')
const publishedHeadsPath = join(folder, 'published.ndjson')
const keyPath = join(folder, 'public-key.pem')
const keysPem = pemOf(owner.publicKey)

const asFile = (rows: readonly string[]): string => rows.map((row) => `${row}\n`).join('')
const writeEvents = (rows: readonly string[]) => writeFile(eventsPath, asFile(rows))
const writeHeads = (rows: readonly SignedHead[]) => writeFile(headsPath, asFile(rows.map(headLine)))
const publish = (rows: readonly SignedHead[]) => writeFile(publishedHeadsPath, asFile(rows.map(headLine)))
const verifyAlone = () => verify({ eventsPath, headsPath, keysPem })
const verifyWithPublished = () => verify({ eventsPath, headsPath, publishedHeadsPath, keysPem })

beforeEach(async () => {
  await writeEvents(lines)
  await writeHeads(heads)
  await publish(heads)
  await writeFile(keyPath, keysPem)
})

describe('an untouched trail', () => {
  it('verifies, and the report says what was proven', async () => {
    expect(await verifyWithPublished()).toEqual({
      verified: true,
      practiceId: 'prc_1',
      events: 50,
      heads: 5,
      sealed: 50,
      unsealed: 0,
      firstAt: '2026-11-22T10:00:00.000Z',
      lastAt: '2026-11-22T10:00:49.000Z',
      sealedAt: '2026-11-22T14:30:00.000Z',
      root: rootOf(hashesOf(lines)).toString('hex'),
      keyIds: [keyIdOf(owner.publicKey)],
      firstBad: null,
      problems: [],
    })
  })

  it('verifies with roots only, when no leaves are listed', async () => {
    await writeHeads(withoutLeaves(heads))
    expect(await verifyAlone()).toMatchObject({ verified: true, sealed: 50 })
  })

  it('verifies when it is empty', async () => {
    await writeEvents([])
    await writeHeads([])
    expect(await verifyAlone()).toMatchObject({ verified: true, events: 0, heads: 0, sealed: 0, practiceId: null })
    await writeHeads(headsOf([], [0]))
    expect(await verifyAlone()).toMatchObject({ verified: true, events: 0, heads: 1 })
  })

  it('counts the events after the last head as not yet sealed', async () => {
    await writeEvents(eventsTo(53))
    expect(await verifyAlone()).toMatchObject({ verified: true, events: 53, sealed: 50, unsealed: 3 })
  })

  it('verifies across a change of keys when both are trusted', async () => {
    const later = generateKeyPairSync('ed25519')
    await writeHeads([...heads.slice(0, 3), ...headsOf(lines, SIZES, later.privateKey).slice(3)])
    const both = keysPem + pemOf(later.publicKey)
    expect(await verify({ eventsPath, headsPath, keysPem: both })).toMatchObject({ verified: true, heads: 5 })
    expect(await verifyAlone()).toMatchObject({ verified: false, sealed: 20 })
  })

  it('may hold very long lines, letters of all kinds, and no newline at its end', async () => {
    const odd = [
      ...lines.slice(0, 9),
      eventAt(9, { user: 'é€😀'.repeat(300_000) }),
      eventAt(10, { user: 'Zoë "the" \\' }),
    ]
    await writeFile(eventsPath, asFile(odd).slice(0, -1))
    await writeHeads(headsOf(odd, [3, 11]))
    expect(await verifyAlone()).toMatchObject({ verified: true, events: 11, sealed: 11 })
  })

  it('may contain an event with another number named seq inside it', async () => {
    const nested = canonical({ id: 'evt_0', opened: [{ seq: 9 }], seq: 0, zone: { seq: 7 } })
    const quoted = canonical({ id: 'evt_1', note: ',"seq":8}', seq: 1 })
    const named = canonical({ id: 'evt_2', seq: 2, 'z"seq': 7, 'z,"seq': 7 })
    const rows = [nested, quoted, named]
    await writeEvents(rows)
    await writeHeads(headsOf(rows, [3]))
    expect(await verifyAlone()).toMatchObject({ verified: true, sealed: 3 })
  })
})

const fake = eventAt(23, { actor: 'usr_other' })
const swap = (rows: readonly string[], a: number, b: number): string[] =>
  rows.map((row, n) => rows[n === a ? b : n === b ? a : n] ?? row)

/** What the owner of the database does at position 23, between the heads of size 20 and 33. */
const TAMPERINGS = [
  { kind: 'edited', rows: lines.with(23, fake), id: 'evt_23', broken: null },
  { kind: 'deleted', rows: lines.toSpliced(23, 1), id: 'evt_24', broken: 23 },
  { kind: 'inserted', rows: lines.toSpliced(23, 0, fake), id: 'evt_23', broken: 24 },
  { kind: 'reordered', rows: swap(lines, 23, 41), id: 'evt_41', broken: 23 },
  { kind: 'truncated', rows: lines.slice(0, 23), id: null, broken: null },
] as const

describe.each(TAMPERINGS)('an event was $kind', ({ kind, rows, id, broken }) => {
  const firstBad = { position: 23, line: 24, eventId: id, kind }

  it('in the events alone: found at its position', async () => {
    await writeEvents(rows)
    expect(await verifyAlone()).toMatchObject({ verified: false, sealed: 20, firstBad })
    expect((await verifyAlone()).firstBad).not.toHaveProperty('between')
  })

  it('in the events alone, when only roots are known: found between two heads, or where the numbers break', async () => {
    await writeEvents(rows)
    await writeHeads(withoutLeaves(heads))
    const report = await verifyAlone()
    expect(report).toMatchObject({ verified: false, sealed: 20, firstBad: { between: [20, 33] } })
    const told = kind === 'truncated' ? 23 : (broken ?? 20)
    expect(report.firstBad).toMatchObject({ position: told, kind: kind === 'edited' ? 'unknown' : kind })
  })

  /** All that can be rewritten without the key: leaves, roots and sizes, under the old signatures. */
  const rewritten = headsOf(rows, [...new Set(SIZES.map((size) => Math.min(size, rows.length)))]).map((head, n) => ({
    ...head,
    signature: heads[n]?.signature ?? '',
  }))

  it('and the heads were rewritten to fit, but could not be signed: found between two heads', async () => {
    await writeEvents(rows)
    await writeHeads(rewritten)
    const report = await verifyAlone()
    const [from, to] = report.firstBad?.between ?? [0, 0]
    expect(report).toMatchObject({ verified: false, heads: 3, sealed: 20 })
    expect([from, to]).toEqual([20, kind === 'truncated' ? 23 : 33])
    expect(report.firstBad).toMatchObject(
      broken === null ? { position: 20, kind: 'unknown' } : { position: broken, kind },
    )
    expect(report.problems.join('\n')).toContain('heads, line 4 (size')
  })

  it('and the heads were rewritten to fit: found at its position by the published heads', async () => {
    await writeEvents(rows)
    await writeHeads(rewritten)
    const report = await verifyWithPublished()
    expect(report).toMatchObject({ verified: false, sealed: 20, firstBad })
    expect(report.problems.join('\n')).toMatch(
      /the export's head of size \d+ has another root|is missing from the export/,
    )
  })

  it('and the heads were signed anew with another key: found by the right key, and at its position by published heads', async () => {
    await writeEvents(rows)
    await writeHeads(headsOf(rows, [rows.length], attacker.privateKey))
    expect(await verifyAlone()).toMatchObject({ verified: false, heads: 0, sealed: 0 })
    expect(await verifyWithPublished()).toMatchObject({ verified: false, sealed: 20, firstBad })
  })
})

describe('everything was sealed anew with another key, which took the place of the right one', () => {
  const attackersPem = pemOf(attacker.publicKey)
  beforeEach(async () => {
    const rows = lines.with(23, fake)
    await writeEvents(rows)
    await writeHeads(headsOf(rows, SIZES, attacker.privateKey))
  })

  it('cannot be seen without anything from elsewhere', async () => {
    expect(await verify({ eventsPath, headsPath, keysPem: attackersPem })).toMatchObject({ verified: true })
  })

  it('is found by the key or by the heads kept elsewhere', async () => {
    expect(await verifyAlone()).toMatchObject({ verified: false, heads: 0 })
    const report = await verify({ eventsPath, headsPath, publishedHeadsPath, keysPem: attackersPem })
    expect(report.verified).toBe(false)
    expect(report.problems.join('\n')).toContain('published heads, line 1 (size 7): signed with key')
  })
})

describe('the last heads and their events were dropped together', () => {
  beforeEach(async () => {
    await writeEvents(lines.slice(0, 20))
    await writeHeads(heads.slice(0, 3))
  })

  it('cannot be seen in the export alone: it verifies to the shorter size', async () => {
    expect(await verifyAlone()).toMatchObject({ verified: true, events: 20, sealed: 20 })
  })

  it('is found by the published heads', async () => {
    const report = await verifyWithPublished()
    expect(report).toMatchObject({
      verified: false,
      sealed: 20,
      firstBad: { position: 20, line: 21, kind: 'truncated' },
    })
    expect(report.problems.join('\n')).toContain('the head of size 50 is missing from the export')
  })

  it('is found by published heads that list no leaves', async () => {
    await publish(withoutLeaves(heads))
    const firstBad = { position: 20, kind: 'truncated', between: [20, 33] }
    expect(await verifyWithPublished()).toMatchObject({ verified: false, firstBad })
  })
})

describe('the same five ways, less simply', () => {
  it.each([
    ['deleted', 20, lines.toSpliced(20, 13), 'a whole interval is gone'],
    [
      'deleted',
      48,
      [...lines.slice(0, 48), ...eventsTo(60).slice(50)],
      'the last sealed events are gone, unsealed ones follow',
    ],
    ['deleted', 0, lines.slice(1), 'the first event is gone'],
    ['inserted', 23, lines.toSpliced(23, 0, lines[5] ?? ''), 'a copy of an earlier event'],
    ['inserted', 23, lines.toSpliced(23, 0, lines[30] ?? ''), 'a copy of a later event'],
    ['reordered', 23, lines.toSpliced(23, 1).toSpliced(40, 0, lines[23] ?? ''), 'an event moved down'],
    ['reordered', 23, lines.toSpliced(40, 1).toSpliced(23, 0, lines[40] ?? ''), 'an event moved up'],
    ['edited', 49, lines.with(49, eventAt(49, { outcome: 'denied' })), 'the last event'],
    ['edited', 23, lines.with(23, eventAt(99)), 'the number itself'],
    [
      'edited',
      23,
      lines.with(23, eventAt(30, { actor: 'usr_x' })).with(24, eventAt(31, { actor: 'usr_x' })),
      'two events',
    ],
    ['edited', 23, lines.map((_, n) => (n < 23 ? eventAt(n) : eventAt(n, { actor: 'usr_x' }))), 'all from there on'],
  ])('%s at position %i: %#', async (kind, position, rows, _what) => {
    await writeEvents(rows)
    expect(await verifyAlone()).toMatchObject({ verified: false, firstBad: { position, kind } })
  })

  it('calls it edited when the rest was renumbered after a deletion: every later line is another one', async () => {
    await writeEvents(
      lines.map((_, n) => (n < 23 ? eventAt(n) : eventAt(n + 1).replace(/"seq":\d+/, `"seq":${n}`))).slice(0, 49),
    )
    expect(await verifyAlone()).toMatchObject({ verified: false, firstBad: { position: 23, kind: 'edited' } })
  })

  it('calls it truncated when the file ends in the middle of a line', async () => {
    const whole = asFile(lines)
    await writeFile(eventsPath, whole.slice(0, whole.indexOf('"evt_40"')))
    expect(await verifyAlone()).toMatchObject({
      verified: false,
      firstBad: { position: 40, kind: 'truncated', eventId: null },
    })
  })

  it('finds the first position that differs, whatever was done', async () => {
    const positions = fc.array(fc.nat(59), { minLength: 1, maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(positions, async (order) => {
        const all = eventsTo(60)
        const rows = order.map((n) => all[n] ?? '')
        const differs = lines.findIndex((line, n) => line !== rows[n])
        fc.pre(differs !== -1)
        await writeEvents(rows)
        const { verified, firstBad } = await verifyAlone()
        expect({ verified, position: firstBad?.position }).toEqual({ verified: false, position: differs })
      }),
      { numRuns: 60 },
    )
  })
})

describe('lines that are not what they should be', () => {
  it('finds a sealed line that was broken', async () => {
    await writeEvents(lines.with(12, '{"action":"patient.card",'))
    const firstBad = { position: 12, line: 13, eventId: null, kind: 'edited' }
    expect(await verifyAlone()).toMatchObject({ verified: false, firstBad })
  })

  it('finds an unsealed line that is not JSON or has no number', async () => {
    await writeEvents([...lines, '{"id":"evt_50,"seq":50}'])
    expect(await verifyAlone()).toMatchObject({
      verified: false,
      sealed: 50,
      firstBad: { position: 50, kind: 'edited' },
    })
    await writeEvents([...lines, '{"id":"evt_50","opened":[{"seq":50}]}'])
    expect(await verifyAlone()).toMatchObject({ verified: false, firstBad: { position: 50, eventId: 'evt_50' } })
  })

  it.each([
    ['deleted', [51, 52]],
    ['inserted', [50, 50, 51]],
    ['reordered', [51, 50]],
  ])('sees by the numbers that an unsealed event was %s', async (kind, seqs) => {
    await writeEvents([...lines, ...seqs.map((seq) => eventAt(seq))])
    const position = kind === 'inserted' ? 51 : 50
    expect(await verifyAlone()).toMatchObject({ verified: false, sealed: 50, firstBad: { position, kind } })
  })

  it('says so when the line ends were converted', async () => {
    await writeFile(eventsPath, lines.map((line) => `${line}\r\n`).join(''))
    const report = await verifyAlone()
    expect(report).toMatchObject({ verified: false, sealed: 0, firstBad: { position: 0, kind: 'edited' } })
    expect(report.problems.join('\n')).toContain('CR LF')
  })

  it('finds an event that was sealed with a wrong number', async () => {
    const rows = lines.with(23, eventAt(24))
    await writeEvents(rows)
    await writeHeads(headsOf(rows, SIZES))
    expect(await verifyAlone()).toMatchObject({
      verified: false,
      sealed: 50,
      firstBad: { position: 23, kind: 'misnumbered' },
    })
    await writeEvents(rows.with(25, eventAt(25, { actor: 'usr_x' })))
    expect(await verifyAlone()).toMatchObject({
      verified: false,
      sealed: 20,
      firstBad: { position: 23, kind: 'misnumbered' },
    })
  })
})

describe('heads that are not what they should be', () => {
  const [first, second, third, fourth, fifth] = heads
  if (!first || !second || !third || !fourth || !fifth) throw new Error('five heads are needed')
  const problemsOf = async (): Promise<string> => {
    const { verified, problems } = await verifyAlone()
    expect(verified).toBe(false)
    return problems.join('\n')
  }

  it('finds that the key is not the one that signed', async () => {
    const report = await verify({ eventsPath, headsPath, keysPem: pemOf(attacker.publicKey) })
    expect(report).toMatchObject({
      verified: false,
      heads: 0,
      sealed: 0,
      firstBad: { kind: 'unknown', between: [0, 7] },
    })
    expect(report.problems.join('\n')).toContain('which is not among the trusted keys')
  })

  it('finds events without any head', async () => {
    await writeHeads([])
    expect(await problemsOf()).toContain('nothing is proven')
  })

  it('finds a spoiled signature, though later heads prove the events', async () => {
    await writeHeads([first, { ...second, signature: first.signature }, third, fourth, fifth])
    expect(await verifyAlone()).toMatchObject({ verified: false, sealed: 50, firstBad: null })
    expect(await problemsOf()).toBe('heads, line 2 (size 8): the signature does not fit')
  })

  it('finds a changed time', async () => {
    await writeHeads([first, second, third, fourth, { ...fifth, at: '2027-01-01T00:00:00.000Z' }])
    expect(await problemsOf()).toContain('heads, line 5 (size 50): the signature does not fit')
  })

  it('finds leaves that were changed under a good signature', async () => {
    const leaves = [...(fourth.leaves ?? [])].reverse()
    await writeHeads([first, second, third, { ...fourth, leaves }, fifth])
    expect(await problemsOf()).toContain('heads, line 4: its list of leaves is not that of the events')
  })

  it('does not believe changed leaves: it names the interval, not the position that they would suggest', async () => {
    await writeEvents(lines.with(23, fake))
    await writeHeads([first, second, third, { ...fourth, leaves: [...(fourth.leaves ?? [])].reverse() }, fifth])
    const firstBad = { position: 20, kind: 'unknown', between: [20, 33] }
    expect(await verifyAlone()).toMatchObject({ verified: false, firstBad })
  })

  it('finds a head that was taken out of the middle', async () => {
    await writeHeads([first, second, fourth, fifth])
    expect(await problemsOf()).toContain('heads, line 3 (size 33): lists 13 leaves, but the head before is of size 8')
    await writeHeads(withoutLeaves([first, second, fourth, fifth]))
    expect(await verifyAlone()).toMatchObject({ verified: true })
    expect(await verifyWithPublished()).toMatchObject({ verified: false, sealed: 50 })
  })

  it('finds heads in the wrong order', async () => {
    await writeHeads(withoutLeaves([first, third, second, fourth, fifth]))
    expect(await problemsOf()).toContain(
      'heads, line 3 (size 8): its size is not larger than that of the head before (20)',
    )
  })

  it("finds another practice's head", async () => {
    await writeHeads([first, second, third, fourth, ...headsOf(lines, SIZES, owner.privateKey, 'prc_2').slice(4)])
    expect(await problemsOf()).toContain('belongs to practice prc_2, not prc_1')
  })

  it('finds two different roots signed for the same size', async () => {
    const rows = lines.with(23, fake)
    await writeEvents(rows)
    await writeHeads(headsOf(rows, SIZES))
    expect(await verifyAlone()).toMatchObject({ verified: true })
    expect(await verifyWithPublished()).toMatchObject({ verified: false, firstBad: { position: 23, kind: 'edited' } })
  })

  it('finds that the trail ends before a head with a spoiled signature', async () => {
    await writeEvents(lines.slice(0, 23))
    await writeHeads([first, second, third, { ...fourth, signature: first.signature }])
    const firstBad = { position: 23, kind: 'truncated', between: [20, 33] }
    expect(await verifyAlone()).toMatchObject({ verified: false, sealed: 20, firstBad })
  })

  it('finds a line that is no head', async () => {
    await writeFile(headsPath, `${asFile(heads.map(headLine))}{"size":\n`)
    expect(await problemsOf()).toBe('heads, line 6: not a head')
    await writeFile(headsPath, asFile([...heads, { ...fifth, leaves: ['G'.repeat(64)] }].map(headLine)))
    expect(await problemsOf()).toBe('heads, line 6: not a head')
    await writeFile(headsPath, asFile([...heads, { ...fifth, size: 1e300 }].map(headLine)))
    expect(await problemsOf()).toBe('heads, line 6: not a head')
  })
})

describe('on the command line', () => {
  const verifier = fileURLToPath(new URL('./nacre-verify.mjs', import.meta.url))
  const run = (...args: string[]) =>
    new Promise<{ code: number | string | null; out: string; err: string }>((done) => {
      const child = execFile(process.execPath, [verifier, ...args], (_, out, err) =>
        done({ code: child.exitCode, out, err }),
      )
    })

  it('exits with 0 and says VERIFIED', async () => {
    const { code, out } = await run(folder)
    expect(code).toBe(0)
    expect(out).toContain('Events    50 from 2026-11-22T10:00:00.000Z to 2026-11-22T10:00:49.000Z')
    expect(out).toContain(`Key       ${keyIdOf(owner.publicKey)} (the export's own`)
    expect(out.trimEnd().split('\n').at(-1)).toBe('VERIFIED')
  })

  it('exits with 1 and names the first bad event', async () => {
    await writeEvents(lines.with(23, fake))
    const { code, out } = await run(folder)
    expect(code).toBe(1)
    expect(out).toContain('NOT VERIFIED at position 23 (line 24, event evt_23): edited: this event was edited\n')
  })

  it('takes heads and key from elsewhere, and prints the same report as JSON', async () => {
    await writeEvents(lines.slice(0, 20))
    await writeHeads(heads.slice(0, 3))
    const elsewhere = join(folder, 'kept.pem')
    await writeFile(elsewhere, keysPem)
    await writeFile(keyPath, pemOf(attacker.publicKey))
    const { code, out } = await run(folder, '--heads', publishedHeadsPath, '--key', elsewhere, '--json')
    expect(code).toBe(1)
    expect(JSON.parse(out)).toEqual(await verifyWithPublished())
  })

  it('prints nothing from the files that could drive a terminal', async () => {
    await writeEvents(lines.with(23, canonical({ id: '\u001b[2Jevt', seq: 23 })))
    const { out } = await run(folder)
    expect(out).toContain('event ?[2Jevt')
    expect(out).not.toContain('\u001b')
  })

  it('exits with 2 when it cannot read the input or is called wrongly', async () => {
    expect(await run(join(folder, 'nowhere'))).toMatchObject({ code: 2, out: '' })
    expect((await run()).err).toContain('Usage: node nacre-verify.mjs')
    expect(await run(folder, '--nonsense')).toMatchObject({ code: 2 })
    await writeFile(keyPath, 'no key')
    expect(await run(folder)).toMatchObject({ code: 2, err: 'There is no PEM block with a public key\n' })
    await expect(verify({ eventsPath: join(folder, 'gone'), headsPath, keysPem })).rejects.toThrow(Unreadable)
  })

  it('needs nothing but Node', async () => {
    const imports = [...(await readFile(verifier, 'utf8')).matchAll(/^import .* from '(.*)'$/gm)].map(
      ([, name]) => name,
    )
    expect(imports.length).toBeGreaterThan(0)
    for (const name of imports) expect(name).toMatch(/^node:/)
  })
})
