/**
 * Sends requests over keep-alive connections, one at a time on each, as fast as answers come: a process of its own, so that its processor
 * time is not the server's. Raw sockets, because on two cores a convenient client takes what the server should have.
 */
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import type { LoadOrder, LoadResult } from './load.ts'

interface Answer {
  status: number
  requestId: string
}

const END_OF_HEAD = Buffer.from('\r\n\r\n')

/** Reads answers off a socket: status, `x-request-id`, then as many bytes as `content-length` says. */
const answers = (socket: Socket, onAnswer: (answer: Answer) => void) => {
  let pending: Buffer[] = []
  let length = 0
  let head: { text: string; wanted: number } | undefined
  socket.on('data', (chunk: Buffer) => {
    pending.push(chunk)
    length += chunk.length
    if (head && length < head.wanted) return
    const all = pending.length === 1 ? chunk : Buffer.concat(pending)
    if (!head) {
      const end = all.indexOf(END_OF_HEAD)
      if (end < 0) return
      const text = all.toString('latin1', 0, end)
      head = { text, wanted: end + 4 + Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? 0) }
    }
    if (length < head.wanted) return
    const rest = all.subarray(head.wanted)
    const { text } = head
    pending = rest.length > 0 ? [rest] : []
    length = rest.length
    head = undefined
    onAnswer({ status: Number(text.slice(9, 12)), requestId: /\r\nx-request-id: (\S+)/i.exec(text)?.[1] ?? '' })
  })
}

const messageOf = ({ method, path, headers = {}, body, bodyFile }: LoadOrder['requests'][number]): Buffer => {
  const bytes = bodyFile ? readFileSync(bodyFile) : Buffer.from(body ?? '')
  const lines = Object.entries({ host: 'localhost', 'content-length': String(bytes.length), ...headers }).map(([name, value]) => `${name}: ${value}`)
  return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`), bytes])
}

/** Loopback addresses from 127.1.0.1 on: each is somebody else to the rate limits. */
const address = (n: number) => `127.${1 + Math.floor(n / 62_500)}.${Math.floor(n / 250) % 250}.${1 + (n % 250)}`

const run = (order: LoadOrder): Promise<LoadResult> =>
  new Promise((resolve, reject) => {
    const messages = order.requests.map(messageOf)
    const latencies: number[] = []
    const statuses: Record<number, number> = {}
    const ids: string[] = []
    let next = 0
    let sent = 0
    let measuring = order.warmUpSeconds === 0
    let stopping = false
    let open = order.connections
    let addresses = order.firstAddress ?? 0
    let startedAt = performance.now()
    let endedAt = 0

    const finish = () => {
      endedAt ||= performance.now()
      const sorted = latencies.toSorted((a, b) => a - b)
      const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
      const seconds = (endedAt - startedAt) / 1000
      resolve({ answers: latencies.length, seconds, perSecond: latencies.length / seconds, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), statuses, ids })
    }
    const closed = () => {
      open--
      if (open === 0) finish()
    }
    const choose = (): Buffer | undefined => {
      if (order.inTurn === 'once') return messages[next++]
      // Spread over the list, without the cost of a random number: a step that has no common divisor with its length.
      next = (next + 7_919) % messages.length
      return messages[next]
    }

    const begin = () => {
      let ofThisAddress = 0
      let sentAt = 0
      const socket = connect({ port: order.port, host: '127.0.0.1', ...(order.answersPerAddress ? { localAddress: address(++addresses) } : {}) })
      socket.setNoDelay(true)
      const send = () => {
        const message = stopping || (order.most !== undefined && sent >= order.most) ? undefined : choose()
        if (!message) return socket.end()
        sent++
        sentAt = performance.now()
        return socket.write(message)
      }
      let ended = false
      const end = () => {
        if (ended) return
        ended = true
        closed()
      }
      answers(socket, ({ status, requestId }) => {
        if (measuring && !endedAt) {
          latencies.push(performance.now() - sentAt)
          statuses[status] = (statuses[status] ?? 0) + 1
        }
        if (order.keepIds && status === 200) ids.push(requestId)
        if (order.answersPerAddress && ++ofThisAddress >= order.answersPerAddress && !stopping) {
          ended = true
          socket.end()
          begin()
          return
        }
        send()
      })
      socket.on('connect', send)
      socket.on('close', end)
      // A server that is killed: what was answered until then counts.
      socket.on('error', (error) => (order.untilKilled ? end() : reject(error)))
    }
    for (let i = 0; i < order.connections; i++) begin()

    const measure = () => {
      measuring = true
      startedAt = performance.now()
      process.send?.('begun')
      if (order.seconds === undefined) return
      setTimeout(() => {
        endedAt = performance.now()
        stopping = true
        process.send?.('ended')
      }, order.seconds * 1000)
    }
    if (order.warmUpSeconds > 0) setTimeout(measure, order.warmUpSeconds * 1000)
    else measure()
  })

process.once('message', (order: LoadOrder) => {
  run(order).then(
    (result) => process.send?.(result, () => process.exit(0)),
    (error: Error) => {
      process.stderr.write(`${error.message}\n`)
      process.exit(1)
    },
  )
})
