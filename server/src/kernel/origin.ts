import { z } from 'zod'

/**
 * Where a request came from, for the few actions that must know (signing in, above all). A route asks for it by `adds: 'origin'`; what was
 * sent under that name is dropped. No action sees headers.
 */
export const Origin = z.object({
  /** The network address of whoever sent it, behind the proxies that are trusted. */
  network: z.string().max(64),
  /** What the browser says it is. Anybody can say anything: good for a name in a list, never for a decision. */
  agent: z.string().max(400),
  /** Scheme, host and port under which the browser reached us: `https://nacre.example`. */
  site: z.string().max(300),
  /** By what the server knows this browser again, from an earlier sign-in; empty when it never saw it. */
  mark: z.string().max(100),
})
export type Origin = z.infer<typeof Origin>
