import { createTransport } from 'nodemailer'
import { CarrierRefused, type Carrier } from '#kernel/dispatch.ts'

/** A list, or an address with a name before it, would go to somebody of whom nobody has said that she may read this. */
const ONE_ADDRESS = /^[^\s,;:<>()"\\@]+@[^\s,;:<>()"\\@]+$/

/** SMTP as the carrier of e-mail. 5xx is for good, everything else is tried again. */
export const smtpCarrier = ({ url, from }: { url: string; from: string }): Carrier => {
  const transport = createTransport(url)
  return {
    async send({ to, subject, body, reference }) {
      if (!ONE_ADDRESS.test(to)) throw new CarrierRefused('not one address')
      try {
        await transport.sendMail({ from, to, subject, text: body, headers: { 'X-Nacre-Reference': reference } })
      } catch (error) {
        const code = error instanceof Error && 'responseCode' in error ? Number(error.responseCode) : 0
        if (code >= 500) throw new CarrierRefused(`SMTP ${code}`)
        throw new Error(`SMTP ${code || 'unreachable'}`)
      }
    },
  }
}
