import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { keyFile } from './key-file.ts'

let dir: string
let path: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'nacre-key-'))
  path = join(dir, 'keys', 'master.json')
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const key = Buffer.alloc(32, 7)
const mode = () => statSync(path).mode & 0o777

it('makes a key file that only its owner may read, and mends its rights when somebody widened them', async () => {
  const wrapped = await keyFile(path, { mayMake: 'yes' }).wrap(key, 'prc_1/data')
  expect(mode()).toBe(0o600)
  chmodSync(path, 0o644)
  expect(await keyFile(path, { mayMake: 'no' }).unwrap(wrapped, 'prc_1/data')).toEqual(key)
  expect(mode()).toBe(0o600)
})

it('opens a key for the practice that it was wrapped for, and for no other', async () => {
  const service = keyFile(path, { mayMake: 'yes' })
  const wrapped = await service.wrap(key, 'prc_1/data')
  expect(() => service.unwrap(wrapped, 'prc_2/data')).toThrow()
})

it('keeps the key under a passphrase, says when it is missing or wrong, and never writes the key itself', async () => {
  const wrapped = await keyFile(path, { passphrase: 'a long passphrase', mayMake: 'yes' }).wrap(key, 'prc_1/data')
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ salt: expect.any(String) })
  expect(() => keyFile(path, { mayMake: 'no' })).toThrow('set KEY_PASSPHRASE')
  expect(() => keyFile(path, { passphrase: 'another passphrase', mayMake: 'no' })).toThrow('KEY_PASSPHRASE does not open the key file')
  expect(await keyFile(path, { passphrase: 'a long passphrase', mayMake: 'no' }).unwrap(wrapped, 'prc_1/data')).toEqual(key)
})

it('never makes a new key where there is data that only the old one opens', () => {
  expect(() => keyFile(path, { mayMake: 'no' })).toThrow(/missing, but there is data that only it can open/)
})
