import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { directoryObjects, type Objects } from '#platform/objects.ts'

const made: string[] = []
const folder = () => {
  const path = mkdtempSync(join(tmpdir(), 'objects-'))
  made.push(path)
  return path
}
afterEach(() => {
  for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true })
})

const keysOf = async (objects: Objects, prefix: string) => {
  const keys: string[] = []
  for await (const key of objects.keys(prefix)) keys.push(key)
  return keys.toSorted()
}
const everything = (path: string) => readdirSync(path, { recursive: true, withFileTypes: true })

it('gives back what was put, replaces it whole, and knows nothing of what was not', async () => {
  const objects = directoryObjects(folder())
  const [first, second] = [randomBytes(3_000_000), randomBytes(10)]
  expect(await objects.get('prc_1/obj_aa')).toBeUndefined()
  await objects.put('prc_1/obj_aa', first)
  expect((await objects.get('prc_1/obj_aa'))?.equals(first)).toBe(true)
  await objects.put('prc_1/obj_aa', second)
  expect((await objects.get('prc_1/obj_aa'))?.equals(second)).toBe(true)
  expect(await objects.get('prc_2/obj_aa')).toBeUndefined()
})

it('deletes for good, and is not upset when there is nothing left to delete', async () => {
  const objects = directoryObjects(folder())
  await objects.put('prc_1/obj_aa', randomBytes(10))
  await objects.delete('prc_1/obj_aa')
  await objects.delete('prc_1/obj_aa')
  await objects.delete('prc_1/never_there')
  expect(await objects.get('prc_1/obj_aa')).toBeUndefined()
  expect(await keysOf(objects, '')).toEqual([])
})

it('lists the keys of one practice, of part of a key, and of all', async () => {
  const objects = directoryObjects(folder())
  const keys = ['alone', 'prc_1/obj_ab', 'prc_1/obj_ac', 'prc_1/obj_ac/deeper_still', 'prc_12/obj_ab', 'prc_2/x']
  await Promise.all(keys.map((key) => objects.put(key, Buffer.from(key))))
  expect(await keysOf(objects, '')).toEqual(keys)
  expect(await keysOf(objects, 'prc_1/')).toEqual(keys.slice(1, 4))
  expect(await keysOf(objects, 'prc_1')).toEqual(keys.slice(1, 5))
  expect(await keysOf(objects, 'prc_1/obj_ac')).toEqual(keys.slice(2, 4))
  expect(await keysOf(objects, 'prc_9/')).toEqual([])
  for (const key of keys) expect((await objects.get(key))?.toString()).toBe(key)
})

it.each([
  '',
  '/',
  'a//b',
  '/etc/passwd',
  '../secret',
  'prc_1/../../x',
  'a/',
  'A',
  'a.b',
  'a=b',
  '=incoming/x',
  'a\0',
  'ä',
  'a\n',
  'a'.repeat(201),
])('refuses %j as a key, whatever is asked of it', async (key) => {
  const objects = directoryObjects(folder())
  await expect(objects.put(key, Buffer.from('x'))).rejects.toThrow(RangeError)
  await expect(objects.get(key)).rejects.toThrow(RangeError)
  await expect(objects.delete(key)).rejects.toThrow(RangeError)
})

it('does not list outside of its folder', async () => {
  await expect(keysOf(directoryObjects(folder()), '../')).rejects.toThrow(RangeError)
})

it('lets no other account of the machine read a file or look into a folder', async () => {
  const root = folder()
  const objects = directoryObjects(join(root, 'objects'))
  await objects.put('prc_1/obj_aa', randomBytes(10))
  const found = everything(root)
  expect(found.filter((one) => one.isFile()).length).toBe(1)
  for (const one of found)
    expect(statSync(join(one.parentPath, one.name)).mode & 0o777).toBe(one.isFile() ? 0o600 : 0o700)
})

it('keeps folders small: objects of one practice spread by the end of their keys', async () => {
  const root = folder()
  const objects = directoryObjects(root)
  const hex = '0123456789abcdef'
  const keys = Array.from({ length: 512 }, (_, at) => `prc_1/obj_${at}_${hex[at % 16]}${hex[(at >> 4) % 16]}`)
  for (let at = 0; at < keys.length; at += 32)
    await Promise.all(keys.slice(at, at + 32).map((key) => objects.put(key, Buffer.from('x'))))
  const leaves = new Set(
    everything(root)
      .filter((one) => one.isFile())
      .map((one) => one.parentPath),
  )
  expect(leaves.size).toBe(256)
})

it('takes many puts of one key at once and keeps one of them whole', async () => {
  const objects = directoryObjects(folder())
  const versions = Array.from({ length: 12 }, () => randomBytes(200_000))
  await Promise.all(versions.map((bytes) => objects.put('prc_1/obj_aa', bytes)))
  const kept = await objects.get('prc_1/obj_aa')
  expect(versions.filter((bytes) => kept?.equals(bytes)).length).toBe(1)
})

it('leaves nothing behind when a put fails, and works again when the cause is gone', async () => {
  const root = folder()
  const objects = directoryObjects(root)
  writeFileSync(join(root, 'prc_1'), 'a file where a folder must be')
  await expect(objects.put('prc_1/obj_aa', randomBytes(10))).rejects.toThrow()
  expect(readdirSync(join(root, '=incoming'))).toEqual([])
  rmSync(join(root, 'prc_1'))
  await objects.put('prc_1/obj_aa', Buffer.from('now'))
  expect((await objects.get('prc_1/obj_aa'))?.toString()).toBe('now')
})

it('clears away what a crashed put left, but not what a running one is writing', async () => {
  const root = folder()
  const running = directoryObjects(root)
  const gone = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
  await once(gone, 'exit')
  writeFileSync(join(root, '=incoming', `${gone.pid}.token.1`), 'half a photo')
  writeFileSync(join(root, '=incoming', `${process.pid}.of-an-earlier-life.1`), 'half a photo')
  writeFileSync(join(root, '=incoming', `${process.ppid}.of-a-living-process.1`), 'half a photo')
  const put = running.put('prc_1/obj_aa', randomBytes(8_000_000))
  await expect.poll(() => readdirSync(join(root, '=incoming')).length, { interval: 1 }).toBe(4)
  const reopened = directoryObjects(root)
  await put
  expect(readdirSync(join(root, '=incoming'))).toEqual([`${process.ppid}.of-a-living-process.1`])
  expect(await keysOf(reopened, '')).toEqual(['prc_1/obj_aa'])
})

it('refuses to open where it cannot write, instead of failing at the first photo', () => {
  const root = folder()
  writeFileSync(join(root, 'taken'), 'not a folder')
  expect(() => directoryObjects(join(root, 'taken'))).toThrow()
})

const writer = (root: string) => `
  import { directoryObjects } from ${JSON.stringify(new URL('./objects.ts', import.meta.url).href)}
  const objects = directoryObjects(${JSON.stringify(root)})
  const put = async (lane) => {
    for (let n = 0; ; n += 1) {
      await objects.put('prc_1/obj_' + lane + '_' + n, Buffer.alloc(300_000, lane + '_' + n + '|'))
      process.stdout.write('prc_1/obj_' + lane + '_' + n + '\\n')
    }
  }
  await Promise.all(['a', 'b', 'c', 'd'].map(put))`

it('loses no acknowledged object and shows no half of one when the server is killed in the middle of its writes', async () => {
  const root = folder()
  const acknowledged: string[] = []
  for (let round = 0; round < 4; round += 1) {
    const server = spawn(process.execPath, ['--input-type=module', '-e', writer(root)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let said = ''
    server.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.length > 300 * (round + 1)) server.kill('SIGKILL')
    })
    await once(server, 'close')
    acknowledged.push(...said.split('\n').slice(0, -1))
  }
  expect(acknowledged.length).toBeGreaterThan(80)
  const objects = directoryObjects(root)
  expect(readdirSync(join(root, '=incoming'))).toEqual([])
  const whole = (key: string) => Buffer.alloc(300_000, `${key.slice('prc_1/obj_'.length)}|`)
  for (const key of acknowledged) expect((await objects.get(key))?.equals(whole(key))).toBe(true)
  for await (const key of objects.keys('')) expect((await objects.get(key))?.equals(whole(key))).toBe(true)
})
