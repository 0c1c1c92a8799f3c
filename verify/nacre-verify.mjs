#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// @ts-check
/**
 * nacre-verify: was this exported audit trail changed after it was sealed?
 *
 *   node nacre-verify.mjs <export folder> [--heads <published heads.ndjson>] [--key <public key.pem>] [--json]
 *
 * One file, no dependencies, Node 20 or newer, no network, writes nothing. It is meant to be read before it is believed.
 *
 * What it relies on
 *   events.ndjson   one event a line. Its leaf hash is SHA-256(0x00 ‖ the line's bytes, without the newline).
 *   heads.ndjson    one signed statement a line: "at this time the first `size` events had this Merkle root"
 *                   (RFC 9162 §2.1, SHA-256), signed with Ed25519 over {"at","keyId","practiceId","root","size"}.
 *                   It may list `leaves`, the leaf hashes since the head before. That list is not signed: it is
 *                   only used to say WHICH event is bad, after it was seen to add up to a signed root.
 *   public-key.pem  the Ed25519 key(s). A key's id is the first 16 hex digits of SHA-256 over its SPKI DER.
 *
 * How it works
 *   1. Check each head's signature. Only heads signed by a given key count from here on.
 *   2. Read the events once, hash each line, grow the tree, and compare the root at the size of each head.
 *   3. On the first root that differs, find the first bad event with the leaf hashes, if they are known.
 *
 * Exit code: 0 verified, 1 tampering found, 2 cannot read the input or wrong usage.
 */
import * as crypto from 'node:crypto'
import { realpathSync } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'

/**
 * @typedef {'edited' | 'deleted' | 'inserted' | 'reordered' | 'truncated' | 'misnumbered' | 'unknown'} Kind
 *   `deleted`: events before the one named are missing. `misnumbered`: sealed with a `seq` that is not its position.
 *   `unknown`: it happened in the interval `between`, and nothing tells more.
 *
 * @typedef {object} FirstBad
 * @property {number} position   counted from 0, equal to the `seq` that belongs there
 * @property {number} line       of events.ndjson, counted from 1
 * @property {string | null} eventId   of the event that now stands there, if it can be read
 * @property {Kind} kind
 * @property {[number, number]} [between]   sizes of the last good and the first failing head, when no leaves are known
 *
 * @typedef {object} Report
 * @property {boolean} verified
 * @property {string | null} practiceId
 * @property {number} events     lines in events.ndjson
 * @property {number} heads      heads with a good signature, published ones included
 * @property {number} sealed     events proven by the last head that fits
 * @property {number} unsealed   events after the last head: nothing is known about them yet
 * @property {string | null} firstAt   time of the first event
 * @property {string | null} lastAt    time of the last event
 * @property {string | null} sealedAt  time of the last head that fits
 * @property {string} root       Merkle root at `sealed`, 64 hex digits
 * @property {string[]} keyIds   of the keys that were trusted
 * @property {FirstBad | null} firstBad
 * @property {string[]} problems all that was found, in words
 *
 * @typedef {object} Head
 * @property {string} at
 * @property {string} keyId
 * @property {string} practiceId
 * @property {string} root
 * @property {number} size
 * @property {string} signature
 * @property {Leaves | null} leaves
 * @property {string} name       where it stands, for messages
 * @property {string | null} fault   why it cannot be relied on
 *
 * @typedef {{ from: number, to: number, hashes: Buffer, name: string }} Leaves
 *   32 bytes for each position from `from` up to, not including, `to`
 */

const HASH = 32
const CHUNK = 1 << 20
const NEWLINE = 0x0a
const RETURN = 0x0d

/** The input cannot be read at all (exit code 2), as opposed to: it was read, and it is wrong. */
export class Unreadable extends Error {}

// ---------------------------------------------------------------------------------------------------------------------
// The Merkle tree (RFC 9162 §2.1)

/**
 * Older releases of Node 20 lack `crypto.hash`. Taking its result as text of one character a byte and making a Buffer of
 * that is twice as fast as asking for a Buffer, because small Buffers made by Buffer.from share their memory.
 * @param {Uint8Array} bytes @returns {Buffer}
 */
const sha256 = (bytes) =>
  crypto.hash
    ? Buffer.from(crypto.hash('sha256', bytes, 'binary'), 'binary')
    : crypto.createHash('sha256').update(bytes).digest()

/**
 * SHA-256(0x00 ‖ line), without copying the line: the byte before it is free (see eachLine) and is made the 0x00.
 * @param {Buffer} buffer @param {number} from @param {number} to
 */
function leafHash(buffer, from, to) {
  buffer[from - 1] = 0x00
  return sha256(buffer.subarray(from - 1, to))
}

const node = Buffer.alloc(1 + 2 * HASH, 0x01)

/** SHA-256(0x01 ‖ left ‖ right). @param {Buffer} left @param {Buffer} right */
function nodeHash(left, right) {
  node.set(left, 1)
  node.set(right, 1 + HASH)
  return sha256(node)
}

/** A tree that only grows: it keeps the roots of its perfect subtrees, largest first, one per bit set in `size`. */
class Tree {
  size = 0
  /** @type {Buffer[]} */
  hashes = []

  /** @param {Buffer} leaf */
  push(leaf) {
    let carry = leaf
    for (let rest = this.size; rest % 2 === 1; rest = (rest - 1) / 2) {
      carry = nodeHash(/** @type {Buffer} */ (this.hashes.pop()), carry)
    }
    this.hashes.push(carry)
    this.size++
  }

  root() {
    const root = this.hashes.length === 0 ? sha256(Buffer.alloc(0)) : this.hashes.reduceRight((r, l) => nodeHash(l, r))
    return root.toString('hex')
  }

  copy() {
    const tree = new Tree()
    tree.size = this.size
    tree.hashes = [...this.hashes]
    return tree
  }
}

/** Hashes one after the other, 32 bytes each: ten million events take 320 MB and no objects. */
class HashList {
  count = 0
  bytes = Buffer.alloc(CHUNK)

  /** @param {Buffer} hash */
  push(hash) {
    const end = this.count * HASH
    if (end === this.bytes.length) this.bytes = Buffer.concat([this.bytes, Buffer.alloc(end)])
    this.bytes.set(hash, end)
    this.count++
  }

  /** @param {number} index */
  at(index) {
    return this.bytes.subarray(index * HASH, (index + 1) * HASH)
  }

  /** @param {Buffer} hash @param {number} from */
  has(hash, from) {
    return hasHash(this.bytes.subarray(0, this.count * HASH), hash, from)
  }
}

/**
 * Is this hash among `hashes` at index `from` or later?
 * @param {Buffer} hashes @param {Buffer} hash @param {number} from
 */
function hasHash(hashes, hash, from) {
  let found = hashes.indexOf(hash, from * HASH)
  while (found !== -1 && found % HASH !== 0) found = hashes.indexOf(hash, found + 1)
  return found !== -1
}

// ---------------------------------------------------------------------------------------------------------------------
// Reading

/**
 * Calls `onLine(buffer, from, to, index)` for each line: its bytes are buffer[from..to), without the newline. The byte
 * before `from` belongs to the callee, and all of them only until it returns. Stops early when it returns false.
 * Only \n ends a line; the last line may lack it. Returns whether the file ended with a newline (or is empty).
 *
 * @param {string} path
 * @param {(buffer: Buffer, from: number, to: number, index: number) => boolean | void} onLine
 */
async function eachLine(path, onLine) {
  const file = await open(path).catch(unreadable(path))
  try {
    let buffer = Buffer.alloc(CHUNK)
    let index = 0
    let kept = 0 // bytes of an unfinished line, from position 1 on; byte 0 stays free
    for (;;) {
      if (1 + kept > buffer.length / 2) buffer = Buffer.concat([buffer, Buffer.alloc(buffer.length)])
      const { bytesRead } = await file.read(buffer, 1 + kept, buffer.length - 1 - kept).catch(unreadable(path))
      const end = 1 + kept + bytesRead
      if (bytesRead === 0) {
        if (kept > 0) onLine(buffer, 1, end, index)
        return kept === 0
      }
      let from = 1
      let to = buffer.indexOf(NEWLINE, 1 + kept)
      while (to !== -1 && to < end) {
        if (onLine(buffer, from, to, index++) === false) return true
        from = to + 1
        to = buffer.indexOf(NEWLINE, from)
      }
      buffer.copyWithin(1, from, end)
      kept = end - from
    }
  } finally {
    await file.close()
  }
}

/** @param {string} path @returns {(error: Error) => never} */
const unreadable = (path) => (error) => {
  throw new Unreadable(`Cannot read ${path}: ${error.message}`)
}

/** @param {string} text @returns {any} the value, or null when the text is not JSON */
function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** @param {unknown} value @returns {string | null} */
const textOrNull = (value) => (typeof value === 'string' ? value : null)

/**
 * @param {string} pem one or more PEM blocks of Ed25519 public keys
 * @returns {Map<string, crypto.KeyObject>} by key id
 */
function readKeys(pem) {
  const keys = new Map()
  for (const block of pem.match(/-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/g) ?? []) {
    try {
      const key = crypto.createPublicKey(block)
      if (key.asymmetricKeyType !== 'ed25519') throw new Error('not an Ed25519 key')
      keys.set(
        sha256(key.export({ type: 'spki', format: 'der' }))
          .toString('hex')
          .slice(0, 16),
        key,
      )
    } catch (error) {
      throw new Unreadable(`Cannot use the public key: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  if (keys.size === 0) throw new Unreadable('There is no PEM block with a public key')
  return keys
}

// ---------------------------------------------------------------------------------------------------------------------
// Heads

/**
 * Reads the heads and says of each what is wrong with it, if anything (`fault`).
 *
 * @param {string} path
 * @param {string} label   what to call this file in messages
 * @param {Map<string, crypto.KeyObject>} keys
 * @param {string[]} problems   is added to
 */
async function readHeads(path, label, keys, problems) {
  /** @type {Head[]} */
  const heads = []
  let lastSize = -1 // of the last head without fault
  await eachLine(path, (buffer, from, to, index) => {
    const name = `${label}, line ${index + 1}`
    const head = parseHead(parse(buffer.toString('utf8', from, to)), name)
    if (!head) {
      problems.push(`${name}: not a head`)
      return
    }
    head.fault = faultOf(head, keys, lastSize)
    if (head.fault) problems.push(`${name} (size ${head.size}): ${head.fault}`)
    else lastSize = head.size
    heads.push(head)
  })
  return heads
}

const HEX_HASH = /^[0-9a-f]{64}$/

/** @param {any} value @param {string} name @returns {Head | null} */
function parseHead(value, name) {
  const { at, keyId, practiceId, root, size, signature, leaves } = value ?? {}
  const texts = [at, keyId, practiceId, root, signature].every((text) => typeof text === 'string')
  if (!texts || !HEX_HASH.test(root) || !Number.isSafeInteger(size) || size < 0) return null
  const head = { at, keyId, practiceId, root, size, signature, name, fault: null }
  if (leaves === undefined) return { ...head, leaves: null }
  if (!Array.isArray(leaves) || leaves.length > size || !leaves.every((leaf) => leaf?.length === 2 * HASH)) return null
  const text = leaves.join('')
  const hashes = Buffer.from(text, 'hex')
  if (hashes.toString('hex') !== text) return null // something in it was not a hex digit
  return { ...head, leaves: { from: size - leaves.length, to: size, hashes, name } }
}

/** @param {Head} head @param {Map<string, crypto.KeyObject>} keys @param {number} lastSize @returns {string | null} */
function faultOf({ at, keyId, practiceId, root, size, signature }, keys, lastSize) {
  const key = keys.get(keyId)
  if (!key) return `signed with key ${printable(keyId)}, which is not among the trusted keys`
  // Keys in alphabetical order, no spaces: for five plain fields this is canonical JSON (RFC 8785).
  const signed = Buffer.from(JSON.stringify({ at, keyId, practiceId, root, size }))
  if (!crypto.verify(null, signed, key, Buffer.from(signature, 'base64'))) return 'the signature does not fit'
  return size > lastSize ? null : `its size is not larger than that of the head before (${lastSize})`
}

/** Each head must list exactly the leaves since the head before it. @param {Head[]} own @param {string[]} problems */
function checkLeafCounts(own, problems) {
  let before = 0
  for (const head of own) {
    if (head.leaves && head.leaves.from !== before) {
      const listed = head.leaves.to - head.leaves.from
      problems.push(
        `${head.name} (size ${head.size}): lists ${listed} leaves, but the head before is of size ${before}`,
      )
    }
    before = head.size
  }
}

/**
 * What was published elsewhere must be in the export too, and must say the same.
 * @param {Head[]} own @param {Head[]} published @param {string[]} problems
 */
function compareHeads(own, published, problems) {
  const bySize = new Map(own.map((head) => [head.size, head]))
  for (const { size, root, name, fault } of published) {
    const twin = bySize.get(size)
    if (fault) continue
    if (!twin) problems.push(`${name}: the head of size ${size} is missing from the export`)
    else if (twin.root !== root) problems.push(`${name}: the export's head of size ${size} has another root`)
  }
}

/**
 * The heads to hold the events against, by size. A published head goes before the export's own of the same size.
 * @param {Head[]} own @param {Head[]} published @param {string[]} problems
 */
function relyOn(own, published, problems) {
  /** @type {Map<number, Head>} */
  const bySize = new Map()
  let practiceId = null
  for (const head of [...published, ...own]) {
    if (head.fault) continue
    practiceId ??= head.practiceId
    if (head.practiceId !== practiceId) {
      head.fault = `belongs to practice ${printable(head.practiceId)}, not ${printable(practiceId)}`
      problems.push(`${head.name} (size ${head.size}): ${head.fault}`)
    } else if (!bySize.has(head.size)) {
      bySize.set(head.size, head)
    }
  }
  return { practiceId, heads: [...bySize.values()].sort((a, b) => a.size - b.size) }
}

/**
 * The listed leaf hashes for positions a to b, put together from as many lists as needed, or null if one is unknown.
 * @param {Leaves[]} lists @param {number} a @param {number} b
 */
function listedLeaves(lists, a, b) {
  const parts = []
  for (let position = a; position < b;) {
    const list = lists.find(({ from, to }) => from <= position && position < to)
    if (!list) return null
    const until = Math.min(list.to, b)
    parts.push(list.hashes.subarray((position - list.from) * HASH, (until - list.from) * HASH))
    position = until
  }
  return Buffer.concat(parts)
}

// ---------------------------------------------------------------------------------------------------------------------
// Events

/** The sequence number as a member of its own, then nothing but plain members up to the brace that ends the line. */
const SEQ_AND_TAIL = /[,{]"seq":(0|[1-9]\d{0,14})(?:,"\w+":(?:"[^"\\]*"|\d+|true|false|null))*\}$/y

/**
 * The `seq` of an event, or null when the line is not a JSON object that has one.
 *
 * Parsing each line would take longer than hashing it, so a sealed line is only searched, where that gives what parsing
 * would give: the last `"seq":` after a comma or brace is a member's name (inside a text its quotes would be escaped);
 * with only plain members between it and the brace that ends the line, it is the outermost object's; and of two
 * members with one name the last counts. Any other line is parsed.
 *
 * @param {string} text   the line, one character a byte
 * @param {() => string} decode   the line as UTF-8, for parsing
 */
function seqOf(text, decode) {
  SEQ_AND_TAIL.lastIndex = Math.max(0, text.lastIndexOf('"seq":') - 1)
  const match = SEQ_AND_TAIL.exec(text)
  return match ? Number(match[1]) : parsedSeq(decode())
}

/** @param {string} text @returns {number | null} */
function parsedSeq(text) {
  const seq = parse(text)?.seq
  return Number.isSafeInteger(seq) ? seq : null
}

/** Watches that each event's `seq` is its position; after the first that is not, looks for the one that belongs there. */
class Numbering {
  /** @type {{ position: number, seq: number | null, foundLater: boolean } | null} */
  fault = null

  /** @param {number} position @param {number | null} seq */
  see(position, seq) {
    if (!this.fault && seq !== position) this.fault = { position, seq, foundLater: false }
    else if (this.fault && seq === this.fault.position) this.fault.foundLater = true
  }

  /** What fits the numbers, were they left as they are. @returns {Kind} */
  kind() {
    const { position, seq, foundLater } = this.fault ?? { position: 0, seq: null, foundLater: false }
    if (seq === null) return 'edited'
    if (seq < position) return 'inserted'
    return foundLater ? 'reordered' : 'deleted'
  }
}

/**
 * Reads all events once: hashes each, grows the tree, and stops comparing at the first head that does not fit.
 * @param {string} path @param {Head[]} heads   in the order of their sizes
 */
async function readEvents(path, heads) {
  const leaves = new HashList()
  const numbering = new Numbering()
  const tree = new Tree()
  let good = tree.copy() // the tree at the last head that fits
  let next = 0 // the head to compare with next
  const lastSize = heads.at(-1)?.size ?? 0
  /** @type {Head | null} */
  let failed = null
  let first = ''
  let last = ''
  let returns = false

  const compare = () => {
    for (let head = heads[next]; head && !failed && head.size === tree.size; head = heads[++next]) {
      if (tree.root() === head.root) good = tree.copy()
      else failed = head
    }
  }
  compare() // a head of size 0
  const endsWithNewline = await eachLine(path, (buffer, from, to, position) => {
    const text = buffer.toString('latin1', from, to)
    const decode = () => buffer.toString('utf8', from, to)
    // Sealed lines are vouched for by their hash; the others only by what they say, so they are always parsed.
    numbering.see(position, position < lastSize ? seqOf(text, decode) : parsedSeq(decode()))
    if (position === 0) {
      first = text
      returns = buffer[to - 1] === RETURN
    }
    last = text
    const leaf = leafHash(buffer, from, to)
    leaves.push(leaf)
    if (failed || next === heads.length) return
    tree.push(leaf)
    compare()
  })
  if (!failed) failed = heads[next] ?? null // a head of more events than there are
  return { leaves, numbering, good, failed, first, last, returns, endsWithNewline }
}

/** @param {string} path @param {number} position @returns {Promise<string>} empty when there is no such line */
async function lineAt(path, position) {
  let line = ''
  await eachLine(path, (buffer, from, to, index) => {
    if (index < position) return true
    line = buffer.toString('utf8', from, to)
    return false
  })
  return line
}

// ---------------------------------------------------------------------------------------------------------------------
// Finding the first bad event

/**
 * The events up to `good.size` are proven, the root at `failed.size` is not what was signed. Which event is the first
 * bad one, and what happened to it?
 *
 * @param {string} path @param {Awaited<ReturnType<typeof readEvents>>} events @param {Head} failed @param {Leaves[]} lists
 * @returns {Promise<{ position: number, kind: Kind, between?: [number, number] }>}
 */
async function locate(path, events, failed, lists) {
  const { leaves, good } = events
  const [a, b] = [good.size, failed.size]
  const expected = listedLeaves(lists, a, b)
  if (!expected || !addUp(good, expected, failed)) {
    if (leaves.count < b) return { position: leaves.count, kind: 'truncated', between: [a, b] }
    return { position: a, kind: 'unknown', between: [a, b] }
  }
  const wanted = (/** @type {number} */ position) => expected.subarray((position - a) * HASH, (position - a + 1) * HASH)
  let p = a
  while (p < leaves.count && leaves.at(p).equals(wanted(p))) p++
  if (p === leaves.count) return { position: p, kind: 'truncated' }

  const present = leaves.at(p)
  // Heads after the failed one may list where the present event belongs. Unproven, but this only chooses the word.
  const later = [expected.subarray((p - a + 1) * HASH), ...lists.filter(({ from }) => from >= b).map((l) => l.hashes)]
  const presentBelongsLater = later.some((hashes) => hasHash(hashes, present, 0))
  const wantedIsLater = leaves.has(wanted(p), p + 1)
  if (wantedIsLater && presentBelongsLater) {
    const isCopy = leaves.has(present, p + 1)
    return { position: p, kind: isCopy ? 'inserted' : 'reordered' }
  }
  if (presentBelongsLater) return { position: p, kind: 'deleted' }
  if (wantedIsLater) return { position: p, kind: 'inserted' }

  const line = await lineAt(path, p)
  const isLast = p === leaves.count - 1
  if (isLast && !events.endsWithNewline && parse(line) === null) return { position: p, kind: 'truncated' }
  const seq = parsedSeq(line)
  const goesOn = p + 1 < b && p + 1 < leaves.count && leaves.at(p + 1).equals(wanted(p + 1))
  // An event from after the failed head, whose hash no list knows, but which still has its number.
  const movedUp = !goesOn && seq !== null && seq >= b
  return { position: p, kind: movedUp ? 'deleted' : 'edited' }
}

/**
 * Do these leaves, added to the proven tree, give the signed root?
 * @param {Tree} good @param {Buffer} leaves @param {Head} head
 */
function addUp(good, leaves, head) {
  const tree = good.copy()
  for (let n = 0; n < leaves.length; n += HASH) tree.push(leaves.subarray(n, n + HASH))
  return tree.root() === head.root
}

// ---------------------------------------------------------------------------------------------------------------------
// The whole

/**
 * Verifies an exported trail. Throws Unreadable when a file or key cannot be read; anything wrong with what they say
 * is in the report.
 *
 * @param {object} input
 * @param {string} input.eventsPath
 * @param {string} input.headsPath
 * @param {string | undefined} [input.publishedHeadsPath]   heads kept where the trail's owner cannot change them
 * @param {string} input.keysPem   the trusted Ed25519 public keys, PEM
 * @returns {Promise<Report>}
 */
export async function verify({ eventsPath, headsPath, publishedHeadsPath, keysPem }) {
  /** @type {string[]} */
  const problems = []
  const keys = readKeys(keysPem)
  const own = await readHeads(headsPath, 'heads', keys, problems)
  const published = publishedHeadsPath ? await readHeads(publishedHeadsPath, 'published heads', keys, problems) : []
  checkLeafCounts(own, problems)
  if (publishedHeadsPath) compareHeads(own, published, problems)
  const { practiceId, heads } = relyOn(own, published, problems)
  const lists = [...published, ...own].flatMap(({ leaves }) => (leaves ? [leaves] : []))

  const events = await readEvents(eventsPath, heads)
  const { leaves, good } = events
  if (events.returns) problems.push('The lines end in CR LF: the file was converted after its export, so no hash fits')
  if (leaves.count > 0 && heads.length === 0) problems.push('There is no head with a good signature: nothing is proven')
  for (const { from, to, hashes, name } of lists) {
    if (to > good.size || hashes.equals(leaves.bytes.subarray(from * HASH, to * HASH))) continue
    problems.push(`${name}: its list of leaves is not that of the events, which its signed root proves`)
  }

  const bad = await findFirstBad(eventsPath, events, [...published, ...own], lists)
  const firstBad = bad && { ...bad, line: bad.position + 1, eventId: await eventIdAt(eventsPath, bad.position) }
  if (firstBad) problems.unshift(sentence(firstBad, leaves.count))
  return {
    verified: problems.length === 0,
    practiceId,
    events: leaves.count,
    heads: heads.length,
    sealed: good.size,
    unsealed: Math.max(0, leaves.count - (heads.at(-1)?.size ?? 0)),
    firstAt: textOrNull(parse(events.first)?.at),
    lastAt: textOrNull(parse(events.last)?.at),
    sealedAt: heads.findLast(({ size, root }) => size === good.size && root === good.root())?.at ?? null,
    root: good.root(),
    keyIds: [...keys.keys()],
    firstBad,
    problems,
  }
}

/**
 * @param {string} path @param {Awaited<ReturnType<typeof readEvents>>} events @param {Head[]} heads @param {Leaves[]} lists
 * @returns {Promise<{ position: number, kind: Kind, between?: [number, number] } | null>}
 */
async function findFirstBad(path, events, heads, lists) {
  const { good, failed, numbering, leaves } = events
  const byHash = failed ? await locate(path, events, failed, lists) : doubt(good.size, leaves.count, heads)
  const { fault } = numbering
  if (!fault) return byHash
  // A head proves this very event, number and all: it was wrong before it was sealed.
  if (fault.position < good.size) return { position: fault.position, kind: 'misnumbered' }
  if (!byHash) return { position: fault.position, kind: numbering.kind() }
  // The listed leaves, which add up to a signed root, prove the events before the first bad one just as well.
  if (!byHash.between && fault.position < byHash.position) return { position: fault.position, kind: 'misnumbered' }
  if (!byHash.between) return byHash
  // Only an interval is known: a break in the numbers inside it says more, though not that nothing came before.
  const [a, b] = byHash.between
  const isInside = a <= fault.position && fault.position < b
  return isInside ? { position: fault.position, kind: numbering.kind(), between: [a, b] } : byHash
}

/**
 * All heads that can be relied on fit, but beyond them there is one that cannot: somebody wanted other events there.
 * @param {number} provenSize @param {number} count @param {Head[]} heads
 * @returns {{ position: number, kind: Kind, between: [number, number] } | null}
 */
function doubt(provenSize, count, heads) {
  const sizes = heads.filter(({ fault, size }) => fault && size > provenSize).map(({ size }) => size)
  if (sizes.length === 0) return null
  const size = Math.min(...sizes)
  if (count < size) return { position: count, kind: 'truncated', between: [provenSize, size] }
  return { position: provenSize, kind: 'unknown', between: [provenSize, size] }
}

/** @param {string} path @param {number} position */
async function eventIdAt(path, position) {
  return textOrNull(parse(await lineAt(path, position))?.id)
}

/** What comes from the files may hold anything, terminal commands too. @param {string} text */
const printable = (text) => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 80)

/** @param {FirstBad} bad @param {number} count @returns {string} */
function sentence({ position, line, eventId, kind, between }, count) {
  const what = {
    edited: 'this event was edited',
    deleted: 'one or more events before this one were deleted',
    inserted: 'this event was inserted',
    reordered: 'this event was moved here from another place',
    truncated: `the trail was cut off here: ${count} events are left`,
    misnumbered: 'this event was sealed with a seq that is not its position',
    unknown: 'an event was changed',
  }[kind]
  const event = eventId ? `, event ${printable(eventId)}` : ''
  const where = between
    ? ` (between position ${between[0]}, proven up to there, and the head of size ${between[1]})`
    : ''
  return `position ${position} (line ${line}${event}): ${kind}: ${what}${where}`
}

// ---------------------------------------------------------------------------------------------------------------------
// The command line

const USAGE = `Usage: node nacre-verify.mjs <export folder> [--heads <published heads.ndjson>] [--key <key.pem>] [--json]

  --heads  heads published or kept elsewhere: finds what the owner of the trail could hide from the export alone
  --key    the public key kept elsewhere, used instead of the export's own
  --json   one JSON object instead of text

Exit code: 0 verified, 1 tampering found, 2 cannot read the input`

/** @param {Report} report @param {{ key?: string | undefined, heads?: string | undefined }} given */
function inWords(report, given) {
  const shown = (/** @type {string | null} */ text) => printable(text ?? 'unknown')
  const span = report.events ? ` from ${shown(report.firstAt)} to ${shown(report.lastAt)}` : ''
  const lines = [
    `Practice  ${shown(report.practiceId)}`,
    `Events    ${report.events}${span}`,
    `Heads     ${report.heads} with a good signature${given.heads ? ', checked against the published ones' : ''}`,
    `Proven    ${report.sealed} events${report.sealedAt ? `, sealed ${shown(report.sealedAt)}` : ''}`,
    `Root      ${report.root}`,
    `Key       ${report.keyIds.join(', ')}${given.key ? '' : " (the export's own: compare it with one that you noted elsewhere)"}`,
  ]
  if (report.unsealed > 0) lines.push(`Unsealed  ${report.unsealed} events after the last head are not yet sealed`)
  if (report.verified) return [...lines, report.events === 0 ? 'VERIFIED (the trail is empty)' : 'VERIFIED'].join('\n')
  const [first = '', ...rest] = report.problems
  lines.push(`NOT VERIFIED${report.firstBad ? ' at ' : ': '}${first}`)
  lines.push(...rest.slice(0, 20).map((problem) => `  also: ${problem}`))
  if (rest.length > 20) lines.push(`  and ${rest.length - 20} more (see --json)`)
  return lines.join('\n')
}

/** @param {string[]} args @returns {Promise<0 | 1 | 2>} */
async function main(args) {
  try {
    const text = { type: /** @type {const} */ ('string') }
    const flag = { type: /** @type {const} */ ('boolean') }
    const options = { heads: text, key: text, json: flag, help: flag }
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
    const [folder] = positionals
    if (values.help || !folder || positionals.length > 1) throw new Unreadable(USAGE)
    const keyPath = values.key ?? join(folder, 'public-key.pem')
    const report = await verify({
      eventsPath: join(folder, 'events.ndjson'),
      headsPath: join(folder, 'heads.ndjson'),
      publishedHeadsPath: values.heads,
      keysPem: await readFile(keyPath, 'utf8').catch(unreadable(keyPath)),
    })
    console.log(values.json ? JSON.stringify(report) : inWords(report, values))
    return report.verified ? 0 : 1
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return 2
  }
}

const startedAs = process.argv[1]
if (startedAs && import.meta.url === pathToFileURL(realpathSync(startedAs)).href) {
  process.exitCode = await main(process.argv.slice(2))
}
