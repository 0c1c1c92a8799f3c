import { generate } from 'otplib'
import type { Person } from './practice.ts'

/** Signs in over HTTP, with password and second factor. @returns the cookie header */
export const signIn = async (port: number, { email, password, totpSecret }: Person): Promise<string> => {
  const answer = await fetch(`http://127.0.0.1:${port}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password, code: await generate({ secret: totpSecret }) }),
  })
  if (answer.status !== 200) throw new Error(`signing in answered ${answer.status}`)
  return answer.headers.getSetCookie().map((c) => c.split(';')[0]).join('; ')
}
