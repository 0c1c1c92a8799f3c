import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { DamagedFile, ndjsonFiles, readNdjson, type Line } from './ndjson-files.ts'

const dir = mkdtempSync(join(tmpdir(), 'nacre-ndjson-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const lines = async (content: string | Buffer) => {
  writeFileSync(join(dir, 'x.ndjson'), content)
  const read: Line[] = []
  try {
    for await (const line of readNdjson(dir, 'x.ndjson')) read.push(line)
  } catch (error) {
    if (error instanceof DamagedFile) return { read, damaged: [error.message, error.afterLine] }
    throw error
  }
  return { read }
}

it('gives the same lines with the same numbers, plain or gzip, whatever the line ends', async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.string({ maxLength: 40, unit: 'grapheme' }).filter((s) => !/[\r\n\uFEFF]/.test(s))), fc.constantFrom('\n', '\r\n'), async (texts, end) => {
    const content = texts.join(end)
    const expected = texts.flatMap((text, i) => (text === '' ? [] : [{ line: i + 1, text }]))
    expect(await lines(content)).toEqual({ read: expected })
    expect(await lines(gzipSync(content))).toEqual({ read: expected })
  }), { numRuns: 50 })
})

it('joins lines that are longer than what is read at once, and files of several gzip members', async () => {
  const texts = Array.from({ length: 30 }, (_, i) => String.fromCharCode(97 + (i % 26)).repeat(10_000 * i + 1))
  const expected = { read: texts.map((text, i) => ({ line: i + 1, text })) }
  expect(await lines(texts.join('\n'))).toEqual(expected)
  expect(await lines(Buffer.concat(texts.map((t) => gzipSync(`${t}\n`))))).toEqual(expected)
})

it('passes over a byte order mark, and names lines that are no UTF-8 or without end', async () => {
  expect(await lines(Buffer.concat([Buffer.from('\uFEFFone\n'), Buffer.from([0xff, 0xfe, 10]), Buffer.from('three')]))).toEqual({
    read: [{ line: 1, text: 'one' }, { line: 2, unreadable: 'is not UTF-8 text' }, { line: 3, text: 'three' }],
  })
  const endless = Buffer.concat([Buffer.alloc(33 * 1024 * 1024, 97), Buffer.from('\nnext\n')])
  expect(await lines(endless)).toEqual({ read: [{ line: 1, unreadable: 'is longer than 32 MB' }, { line: 2, text: 'next' }] })
  expect(await lines(gzipSync(endless))).toEqual({ read: [{ line: 1, unreadable: 'is longer than 32 MB' }, { line: 2, text: 'next' }] })
})

it('gives every whole line before the place where a gzip file ends too early', async () => {
  const texts = Array.from({ length: 2000 }, (_, i) => `${i} ${Math.sin(i)}`)
  const whole = gzipSync(texts.join('\n'))
  for (const share of [0.1, 0.5, 0.9, 0.999]) {
    const { read, damaged } = await lines(whole.subarray(0, Math.floor(whole.length * share)))
    expect(damaged).toEqual(['the gzip file ends too early', read.length])
    expect(read).toEqual(texts.slice(0, read.length).map((text, i) => ({ line: i + 1, text })))
    expect(read.length).toBeGreaterThan(2000 * share * 0.8 - 1)
  }
})

it('reads files by their ending only', async () => {
  for (const name of ['b.ndjson', 'a.ndjson.gz', 'c.jsonl', 'd.txt', 'e.json']) writeFileSync(join(dir, name), '')
  expect(await ndjsonFiles(dir)).toEqual(expect.arrayContaining(['a.ndjson.gz', 'b.ndjson', 'c.jsonl']))
  expect(await ndjsonFiles(dir)).not.toEqual(expect.arrayContaining(['d.txt']))
  await expect(ndjsonFiles(join(dir, 'nowhere'))).rejects.toThrow(/^There is no folder .*nowhere\.$/)
})
