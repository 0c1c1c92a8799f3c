import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonical, NotCanonical, type Json } from './canonical.ts'

/** What a caller without types could pass: the text of a value that the types would refuse. */
const canonicalOf = (value: unknown): string => Reflect.apply(canonical, undefined, [value])

const numberOf = (bits: string): number => Buffer.from(bits, 'hex').readDoubleBE()

describe('the examples of RFC 8785', () => {
  it('writes the sample of §3.2.2', () => {
    const sample = JSON.parse(String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`)
    const bytes =
      '7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c226e756d62657273223a5b3333333333333333332e33333333' +
      '3333332c31652b33302c342e352c302e3030322c31652d32375d2c22737472696e67223a22e282ac245c75303030665c6e4127425c225c' +
      '5c5c5c5c222f227d'
    expect(Buffer.from(canonicalOf(sample)).toString('hex')).toBe(bytes)
  })

  it('sorts the keys of §3.2.3 by UTF-16 code units', () => {
    const sample = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\u{1f600}': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    }
    expect(canonical(sample)).toBe(
      '{"\\r":"Carriage Return","1":"One","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis",' +
        '"\u20ac":"Euro Sign","\u{1f600}":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
    )
  })

  it.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('writes the number with the bits %s as %s (appendix B)', (bits, text) => {
    expect(canonical(numberOf(bits))).toBe(text)
  })

  it.each(['7fffffffffffffff', '7ff0000000000000'])('refuses the number with the bits %s (appendix B)', (bits) => {
    expect(() => canonical(numberOf(bits))).toThrow(NotCanonical)
  })
})

describe('what JSON cannot hold is refused, and the message says where it is', () => {
  it.each([
    ['not a number', { doses: [1, NaN] }, '$.doses[1]: NaN is not JSON'],
    ['infinity', { price: -Infinity }, '$.price: -Infinity is not JSON'],
    ['a missing value', { patient: { name: undefined } }, '$.patient.name: undefined is not JSON'],
    ['a hole in a list', [1, , 3], '$[1]: undefined is not JSON'], // oxlint-disable-line no-sparse-arrays
    ['a bigint', { seq: 1n }, '$.seq: bigint is not JSON'],
    ['a function', [() => 1], '$[0]: function is not JSON'],
    ['a date', { at: new Date(0) }, '$.at: a Date is not JSON'],
    ['bytes', { photo: Buffer.from('x') }, '$.photo: a Buffer is not JSON'],
    ['half a surrogate pair', ['\ud83d'], '$[0]: a string with half a surrogate pair is not Unicode text'],
    ['half a surrogate pair in a key', { '\ude00': 1 }, '$: a string with half a surrogate pair is not Unicode text'],
  ])('%s', (_name, value, message) => {
    expect(() => canonicalOf(value)).toThrow(
      new NotCanonical(message.slice(message.indexOf(': ') + 2), pathIn(message)),
    )
  })

  it('a value that contains itself', () => {
    const loop: Record<string, unknown> = {}
    loop['again'] = loop
    expect(() => canonicalOf(loop)).toThrow('nested too deeply, or contains itself')
  })
})

const pathIn = (message: string): string => message.slice(1, message.indexOf(': '))

it.each([
  ['quotes', 'say "ah"', '"say \\"ah\\""'],
  ['a backslash', 'a\\b', '"a\\\\b"'],
  ['the last character of ASCII', '\u007f', '"\u007f"'],
  ['a space, brackets and a tilde', ' []~', '" []~"'],
])('writes %s in a text, alone and as a member and as a key', (_name, text, written) => {
  expect(canonical(text)).toBe(written)
  expect(canonical({ [text]: [text] })).toBe(`{${written}:[${written}]}`)
})

describe('for any value', () => {
  const json = fc.oneof(
    fc.jsonValue({ stringUnit: 'binary', maxDepth: 5 }),
    fc.jsonValue({ stringUnit: 'binary-ascii', maxDepth: 5 }),
  )

  it('reads back as the same value', () => {
    fc.assert(
      fc.property(json, (value) => {
        // JSON has no -0, so the value to compare with is the one that plain JSON would give back.
        expect(isDeepStrictEqual(JSON.parse(canonicalOf(value)), JSON.parse(JSON.stringify(value)))).toBe(true)
      }),
    )
  })

  it('does not depend on the order in which keys were set', () => {
    const shuffled = fc.uniqueArray(fc.tuple(fc.string({ unit: 'binary' }), json), {
      selector: ([key]) => key,
      maxLength: 12,
    })
    const twice = shuffled.chain((entries) =>
      fc.tuple(fc.constant(entries), fc.shuffledSubarray(entries, { minLength: entries.length })),
    )
    fc.assert(
      fc.property(twice, ([entries, others]) => {
        expect(canonicalOf(Object.fromEntries(entries))).toBe(canonicalOf(Object.fromEntries(others)))
      }),
    )
  })

  it('is already canonical when written again', () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = canonicalOf(value)
        const again: Json = JSON.parse(text)
        expect(canonical(again)).toBe(text)
      }),
    )
  })
})
