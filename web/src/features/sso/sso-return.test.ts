import { expect, it } from 'vitest'
import { readSsoReturn } from './sso-return.ts'

it('reads what an organisation sent back, and takes no words from the address', () => {
  expect(readSsoReturn('#second=abc')).toEqual({ kind: 'second', half: 'abc' })
  expect(readSsoReturn('#sso=no-account')).toMatchObject({ kind: 'failed', words: expect.stringContaining('no account') })
  for (const nothing of ['', '#', '#sso=Call%20555-0100', '#sso=toString', '#other=1']) expect(readSsoReturn(nothing)).toBeUndefined()
})
