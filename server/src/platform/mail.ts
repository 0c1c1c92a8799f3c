import { createTransport } from 'nodemailer'
import { CarrierRefused, type Carrier } from '#kernel/dispatch.ts'

/** SMTP as the carrier of e-mail. 5xx is for good, everything else is tried again. */
export const smtpCarrier = ({ url, from }: { url: string; from: string }): Carrier => {
  const transport = createTransport(url)
  return {
    async send({ to, subject, body, reference }) {
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
