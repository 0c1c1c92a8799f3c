import { generateKeyPairSync } from 'node:crypto'
import { expect, it } from 'vitest'
import { headBytes, headLine, keyIdOf, signHead, verifyHead } from './head.ts'

const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const stranger = generateKeyPairSync('ed25519')
const facts = { at: '2026-11-22T10:00:00.123Z', practiceId: 'prc_1', root: 'ab'.repeat(32), size: 123 }
const head = signHead(privateKey, facts)

it('signs exactly five facts, in canonical form', () => {
  expect(headBytes(head).toString()).toBe(
    `{"at":"2026-11-22T10:00:00.123Z","keyId":"${keyIdOf(publicKey)}","practiceId":"prc_1","root":"${facts.root}","size":123}`,
  )
})

it('names the key by the first 16 hex digits of its hash, and a private key by its public one', () => {
  expect(keyIdOf(publicKey)).toMatch(/^[0-9a-f]{16}$/)
  expect(keyIdOf(privateKey)).toBe(keyIdOf(publicKey))
  expect(keyIdOf(stranger.publicKey)).not.toBe(keyIdOf(publicKey))
})

it('accepts its own signature', () => {
  expect(verifyHead(publicKey, head)).toBe(true)
})

it.each([
  ['time', { at: '2026-11-22T10:00:00.124Z' }],
  ['practice', { practiceId: 'prc_2' }],
  ['root', { root: 'ba'.repeat(32) }],
  ['size', { size: 122 }],
])('refuses a head whose %s was changed', (_name, change) => {
  expect(verifyHead(publicKey, { ...head, ...change })).toBe(false)
})

it("refuses a stranger's signature, also under the right key's name", () => {
  const forged = signHead(stranger.privateKey, facts)
  expect(verifyHead(publicKey, forged)).toBe(false)
  expect(verifyHead(publicKey, { ...forged, keyId: head.keyId })).toBe(false)
})

it('is written as one canonical line, with the leaves if they are given', () => {
  expect(headLine({ ...head, leaves: [facts.root] })).toBe(
    `{"at":"${head.at}","keyId":"${head.keyId}","leaves":["${facts.root}"],"practiceId":"prc_1",` +
      `"root":"${head.root}","signature":"${head.signature}","size":123}`,
  )
  expect(headLine(head)).not.toContain('leaves')
})
