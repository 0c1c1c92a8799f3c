import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  append,
  consistencyProof,
  EMPTY_FRONTIER,
  EMPTY_ROOT,
  frontierBytes,
  inclusionProof,
  leafHash,
  parseFrontier,
  root,
  rootOf,
  verifyConsistency,
  verifyInclusion,
} from './merkle.ts'

const hex = (hashes: readonly Buffer[]): string[] => hashes.map((hash) => hash.toString('hex'))

/** The definition of RFC 9162 §2.1.1, word for word, over the data and not the leaf hashes; slow and apart from the code. */
function definition(data: readonly Buffer[]): Buffer {
  const sha256 = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest()
  const [only] = data
  if (!only) return sha256()
  if (data.length === 1) return sha256(Buffer.from([0]), only)
  let k = 1
  while (k * 2 < data.length) k *= 2
  return sha256(Buffer.from([1]), definition(data.slice(0, k)), definition(data.slice(k)))
}

describe('the published vectors of Certificate Transparency', () => {
  const data = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
  const leaves = data.map((text) => leafHash(Buffer.from(text, 'hex')))

  it.each([
    [0, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    [1, '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
    [2, 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'],
    [3, 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77'],
    [4, 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7'],
    [5, '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4'],
    [6, '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef'],
    [7, 'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c'],
    [8, '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'],
  ])('%i leaves have the known root', (size, known) => {
    expect(rootOf(leaves.slice(0, size)).toString('hex')).toBe(known)
  })

  it('gives the known inclusion proofs', () => {
    expect(hex(inclusionProof(leaves, 0))).toEqual([
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ])
    expect(hex(inclusionProof(leaves, 5))).toEqual([
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ])
  })

  it('gives the known consistency proofs', () => {
    expect(hex(consistencyProof(leaves, 1))).toEqual(hex(inclusionProof(leaves, 0)))
    expect(hex(consistencyProof(leaves, 6))).toEqual([
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ])
    expect(hex(consistencyProof(leaves.slice(0, 5), 2))).toEqual([
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ])
  })
})

const SIZES = 300
const events = Array.from({ length: SIZES }, (_, n) => Buffer.from(`event ${n}`))
const leaves = events.map(leafHash)

describe('a tree that grows', () => {
  it('has the root of the definition at every size from 0 to 300, leaf by leaf', () => {
    let frontier = EMPTY_FRONTIER
    for (let size = 0; size <= SIZES; size++) {
      expect(root(frontier)).toEqual(definition(events.slice(0, size)))
      frontier = append(frontier, leaves.slice(size, size + 1))
    }
  })

  it('does not care in which portions the leaves came, nor whether it was stored in between', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(40), { maxLength: 7 }), (portions) => {
        let frontier = EMPTY_FRONTIER
        for (const portion of portions) {
          frontier = parseFrontier(
            frontierBytes(append(frontier, leaves.slice(frontier.size, frontier.size + portion))),
          )
        }
        expect(root(frontier)).toEqual(rootOf(leaves.slice(0, frontier.size)))
      }),
    )
  })

  it('leaves the tree it grew from as it was', () => {
    const before = append(EMPTY_FRONTIER, leaves.slice(0, 7))
    const rootBefore = root(before)
    append(before, leaves.slice(7, 9))
    expect(before.size).toBe(7)
    expect(root(before)).toEqual(rootBefore)
  })

  it('refuses a stored tree whose hashes do not belong to its size', () => {
    const stored = frontierBytes(append(EMPTY_FRONTIER, leaves.slice(0, 7)))
    const larger = Buffer.from(stored)
    larger[7] = 8
    expect(() => parseFrontier(larger)).toThrow(RangeError)
    expect(() => parseFrontier(stored.subarray(0, -1))).toThrow(RangeError)
    expect(() => parseFrontier(stored.subarray(0, 5))).toThrow(RangeError)
    expect(() => append({ size: 1, hashes: [] }, leaves.slice(0, 1))).toThrow(RangeError)
  })
})

const flipBit = (hash: Buffer, bit: number): Buffer => {
  const flipped = Buffer.from(hash)
  flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
  return flipped
}
const flipIn = (proof: readonly Buffer[], step: number, bit: number): Buffer[] =>
  proof.map((hash, n) => (n === step ? flipBit(hash, bit) : hash))

const bit = fc.nat(255)
const spot = fc
  .integer({ min: 1, max: SIZES })
  .chain((size) => fc.record({ size: fc.constant(size), index: fc.nat(size - 1) }))

describe('a proof that an event is in the trail', () => {
  it('holds for every event of every size up to 70', () => {
    for (let size = 1; size <= 70; size++) {
      const some = leaves.slice(0, size)
      for (const [index, leaf] of some.entries()) {
        const proof = inclusionProof(some, index)
        expect(verifyInclusion({ leaf, index, size, proof, root: rootOf(some) })).toBe(true)
      }
    }
  })

  it('fails once any bit of the leaf, the root or the path is flipped, or the path is longer or shorter', () => {
    fc.assert(
      fc.property(spot, bit, fc.nat(9), ({ size, index }, at, step) => {
        const some = leaves.slice(0, size)
        const proof = inclusionProof(some, index)
        const right = { leaf: leafHash(Buffer.from(`event ${index}`)), index, size, proof, root: rootOf(some) }
        expect(verifyInclusion(right)).toBe(true)
        expect(verifyInclusion({ ...right, leaf: flipBit(right.leaf, at) })).toBe(false)
        expect(verifyInclusion({ ...right, root: flipBit(right.root, at) })).toBe(false)
        expect(verifyInclusion({ ...right, proof: [...proof, right.leaf] })).toBe(false)
        if (proof.length === 0) return
        expect(verifyInclusion({ ...right, proof: flipIn(proof, step % proof.length, at) })).toBe(false)
        expect(verifyInclusion({ ...right, proof: proof.slice(1) })).toBe(false)
        expect(verifyInclusion({ ...right, index: index === 0 ? 1 : index - 1 })).toBe(false)
      }),
    )
  })

  it('is neither made nor accepted for an event that is not there', () => {
    expect(() => inclusionProof(leaves, SIZES)).toThrow(RangeError)
    expect(() => inclusionProof(leaves, -1)).toThrow(RangeError)
    expect(() => inclusionProof([], 0)).toThrow(RangeError)
    const [leaf = EMPTY_ROOT] = leaves
    expect(verifyInclusion({ leaf, index: 1, size: 1, proof: [], root: leaf })).toBe(false)
    expect(verifyInclusion({ leaf, index: 0.5, size: 1, proof: [], root: leaf })).toBe(false)
  })
})

describe('a proof that the trail only grew', () => {
  const between = (first: number, second: number) => ({
    firstSize: first,
    firstRoot: rootOf(leaves.slice(0, first)),
    secondSize: second,
    secondRoot: rootOf(leaves.slice(0, second)),
    proof: consistencyProof(leaves.slice(0, second), first),
  })

  it('holds between all sizes up to 40', () => {
    for (let second = 0; second <= 40; second++) {
      for (let first = 0; first <= second; first++) expect(verifyConsistency(between(first, second))).toBe(true)
    }
  })

  it('fails once any bit of a root or of the path is flipped, or the path is longer or shorter', () => {
    fc.assert(
      fc.property(spot, bit, fc.nat(9), ({ size, index }, at, step) => {
        const right = between(index + 1, size)
        const { proof } = right
        expect(verifyConsistency(right)).toBe(true)
        expect(verifyConsistency({ ...right, firstRoot: flipBit(right.firstRoot, at) })).toBe(false)
        expect(verifyConsistency({ ...right, secondRoot: flipBit(right.secondRoot, at) })).toBe(false)
        expect(verifyConsistency({ ...right, proof: [...proof, right.firstRoot] })).toBe(false)
        if (proof.length === 0) return
        expect(verifyConsistency({ ...right, proof: flipIn(proof, step % proof.length, at) })).toBe(false)
        expect(verifyConsistency({ ...right, proof: proof.slice(1) })).toBe(false)
      }),
    )
  })

  it('does not hold between trails with different pasts', () => {
    const other = [leafHash(Buffer.from('another past')), ...leaves.slice(1, 20)]
    const proof = consistencyProof(other, 7)
    const claim = {
      firstSize: 7,
      firstRoot: rootOf(leaves.slice(0, 7)),
      secondSize: 20,
      secondRoot: rootOf(other),
      proof,
    }
    expect(verifyConsistency(claim)).toBe(false)
  })

  it('is refused when the trail became shorter', () => {
    expect(() => consistencyProof(leaves.slice(0, 5), 6)).toThrow(RangeError)
    expect(verifyConsistency({ ...between(5, 6), firstSize: 7 })).toBe(false)
    expect(verifyConsistency({ ...between(0, 6), firstRoot: rootOf(leaves.slice(0, 1)) })).toBe(false)
  })
})
