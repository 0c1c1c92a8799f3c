import { z } from 'zod'

/**
 * A ticket lets the file door hand out the bytes of one stored object: the only other opener besides the transaction. It is made inside an
 * action, after the gate has noted what it opens, and redeemed in the same request; it cannot be written to JSON.
 */
export class Ticket {
  readonly objectKey: string
  readonly practiceId: string
  readonly patientId: string
  readonly contentType: string
  constructor(of: { objectKey: string; practiceId: string; patientId: string; contentType: string }) {
    this.objectKey = of.objectKey
    this.practiceId = of.practiceId
    this.patientId = of.patientId
    this.contentType = of.contentType
  }
  toJSON(): never {
    throw new Error('a ticket never leaves the server')
  }
}

/** Where a stored object's bytes lie, as the associated data of their seal. */
export const objectPlace = (practiceId: string, patientId: string, objectKey: string) => `${practiceId}|object|${objectKey}|${patientId}`

/** The output of an action that hands out a file. */
export const TicketOutput = z.instanceof(Ticket)
