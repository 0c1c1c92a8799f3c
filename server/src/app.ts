import type { Actor } from '#kernel/policy.ts'
import { dispatcher, type Carrier } from '#kernel/dispatch.ts'
import { Problem } from '#kernel/errors.ts'
import { jobActor } from '#kernel/job.ts'
import { keyring, type KeyService } from '#kernel/keyring.ts'
import { gate } from '#kernel/perform.ts'
import { grantsOf, operator, publicActor } from '#kernel/roles.ts'
import type { Route } from '#kernel/route.ts'
import type { Images } from '#kernel/photo-lab.ts'
import { runner } from '#kernel/runner.ts'
import { openBytes } from '#kernel/seal.ts'
import { systemClock, type Clock } from '#kernel/clock.ts'
import { objectPlace, type Ticket } from '#kernel/ticket.ts'
import { trail } from '#kernel/trail.ts'
import { routes as access } from '#modules/access'
import { routes as charting } from '#modules/charting'
import { resolveLink, routes as forms } from '#modules/forms'
import { routes as history } from '#modules/history'
// No routes: its actions are an operator's, at the command line. They are part of the access matrix all the same.
import '#modules/fhir'
import { routes as audit } from '#modules/audit'
import { routes as payments } from '#modules/payments'
import { routes as messages } from '#modules/messages'
import { routes as compliance } from '#modules/compliance'
import { resolveSession, resolveToken, routes as identity, touchEveryMs, touchSession } from '#modules/identity'
import { routes as devices } from '#modules/devices'
import { routes as oversight } from '#modules/oversight'
import { routes as patients } from '#modules/patients'
import { routes as photos } from '#modules/photos'
import { practiceCard, routes as practices, setBaseUrl } from '#modules/practices'
import { resolvePatient, routes as portal, touchPatient } from '#modules/portal'
import { routes as scheduling } from '#modules/scheduling'
import { beginSso, routes as sso, signInBySso, takeSso } from '#modules/sso'
import { headFiles } from '#platform/head-files.ts'
import { http } from '#platform/http.ts'
import { faultOf, type Log } from '#platform/log.ts'
import { directoryObjects } from '#platform/objects.ts'
import { openId } from '#platform/openid.ts'
import { openPool, type Connection } from '#platform/postgres.ts'
import { exportTrail, trailVerifier } from '#platform/trail-export.ts'
import { sessions, type Resolvers } from '#platform/sessions.ts'
import { vaultStore } from '#platform/vault-store.ts'
import type { FastifyInstance } from 'fastify'

/** The route table: every line of HTTP there is. */
export const ROUTES: readonly Route[] = [...practices, ...identity, ...sso, ...devices, ...patients, ...access, ...scheduling, ...portal, ...forms, ...history, ...charting, ...photos, ...audit, ...payments, ...messages, ...oversight, ...compliance]

export interface Parts {
  databases: { app: Connection; trail: Connection; vault: Connection }
  keyService: KeyService
  objectsDir: string
  headsDir: string
  log: Log
  version: string
  mail?: Carrier
  webDir?: string
  tls?: { certFile: string; keyFile: string }
  trustedProxies?: readonly string[]
  clock?: Clock
  /** Endpoints that are no actions (set-up). */
  extend?: (app: FastifyInstance) => void
}

const SEAL_EVERY_MS = 250

// Loaded with the first photo: the decoders take 0.4 s and 60 MB.
const images: Images = {
  inspect: async (bytes) => (await import('#platform/images.ts')).inspect(bytes),
  develop: async (bytes) => (await import('#platform/images.ts')).develop(bytes),
}

const resolvers: Resolvers = {
  async staff(perform, practiceId, token, proof) {
    const { user, sessionId, deviceId, locationIds, locked, provenAt, limits, elsewhere, care } = await perform(resolveSession, publicActor(practiceId), { token, proof })
    const { id, roles, roleTitles, grants } = user
    const actor: Actor = {
      kind: 'staff', id, practiceId, roles, roleTitles, grants: new Set(grants), places: locationIds, via: sessionId, provenAt, limits, elsewhere: new Set(elsewhere),
      ...(deviceId ? { deviceId } : {}),
      ...(care ? { care } : {}),
    }
    return { actor, locked }
  },
  async link(perform, practiceId, token) {
    const { patientId, linkId, sessionId } = await perform(resolveLink, publicActor(practiceId), { token })
    const actor: Actor = { kind: 'link', id: linkId, practiceId, roles: ['link'], grants: grantsOf(['link']), places: '*', patientId, via: sessionId }
    return { actor, locked: false }
  },
  async bearer(perform, practiceId, secret) {
    const { tokenId, userId, roles, roleTitles, grants, locationIds, limits, elsewhere, care } = await perform(resolveToken, publicActor(practiceId), { secret })
    // No proof of hers stands behind it: what asks for one is refused.
    return {
      kind: 'staff', id: userId, practiceId, roles, roleTitles, grants: new Set(grants), places: locationIds, via: tokenId, limits, elsewhere: new Set(elsewhere), ...(care ? { care } : {}),
    }
  },
  async patient(perform, practiceId, token) {
    const { actorId, patientId, roles, sessionId } = await perform(resolvePatient, publicActor(practiceId), { token })
    const actor: Actor = {
      kind: 'patient', id: actorId, practiceId, roles, grants: grantsOf(roles), places: '*', via: sessionId, ...(patientId ? { patientId } : {}),
    }
    return { actor, locked: false }
  },
  async touch(perform, actor) {
    if (actor.kind === 'patient') await perform(touchPatient, publicActor(actor.practiceId), { sessionId: actor.via })
    else await perform(touchSession, publicActor(actor.practiceId), { sessionId: actor.via })
  },
  touchEveryMs,
}

/** Composition root: configuration, platform, kernel and modules put together. No logic. */
export const makeApp = async (parts: Parts) => {
  const { log, clock = systemClock } = parts
  const pool = openPool(parts.databases.app, { name: 'nacre' })
  const trailPool = openPool(parts.databases.trail, { name: 'nacre trail', max: 2 })
  const vaultPool = openPool(parts.databases.vault, { name: 'nacre vault', max: 4, plans: 'once' })
  const keys = keyring(parts.keyService, vaultStore(vaultPool))
  const objects = directoryObjects(parts.objectsDir)
  const publisher = headFiles(parts.headsDir)
  const sealing = trail({ pool: trailPool, keys, publisher })

  let wake = () => {}
  const perform = gate({ pool, keys, objects, images, clock, wake: () => wake() })
  const deliver = dispatcher({ perform, carriers: parts.mail ? { email: parts.mail } : {} })
  const redeem = async (ticket: Ticket): Promise<Buffer> => {
    const { practiceId, patientId, objectKey } = ticket
    const sealed = await objects.get(objectKey)
    if (!sealed) throw new Problem(404, 'Not found', 'The file of this record is missing from the object store.')
    return openBytes(keys.dataKey(practiceId, patientId), objectPlace(practiceId, patientId, objectKey), sealed)
  }
  const trailFiles = { trail: sealing, keys, publishedHeads: publisher.path }
  const verifyTrail = trailVerifier(trailFiles)
  const jobs = runner({ pool, practiceIds: () => practiceIds(), perform, deliver, images, verifyTrail, redeem, discard: (objectKey) => objects.delete(objectKey), onFault: (job, error) => log.error({ event: 'job failed', job, fault: faultOf(error) }) })
  wake = () => jobs.wake()

  const practiceIds = async (): Promise<string[]> => (await pool.query('select * from work.practices() as id')).rows.map((r) => r.id)
  let single: string | undefined
  const onlyPractice = async () => {
    single ??= (await practiceIds())[0]
    if (!single) throw new Problem(503, 'Not set up', 'This Nacre has not been set up yet. Open its start page.')
    return single
  }
  const knownPractices = new Set<string>()
  const isPractice = async (practiceId: string) => {
    if (!knownPractices.has(practiceId)) for (const id of await practiceIds()) knownPractices.add(id)
    return knownPractices.has(practiceId)
  }
  const who = sessions(perform, resolvers, { only: onlyPractice, has: isPractice })
  const asPublic = async () => publicActor(await onlyPractice())
  const extendByOpenId = openId({
    begin: async (way) => perform(beginSso, await asPublic(), way),
    take: async (back) => perform(takeSso, await asPublic(), back),
    signIn: async (claims) => perform(signInBySso, await asPublic(), claims),
    isTls: parts.tls !== undefined,
    onFault: (error) => log.error({ event: 'sign-in by an organisation failed', fault: faultOf(error) }),
  })
  const server = await http({
    routes: ROUTES, perform, sessions: who, redeem, log, version: parts.version,
    isReady: () => pool.query('select 1').then(() => true, () => false),
    ...(parts.webDir ? { webDir: parts.webDir } : {}),
    ...(parts.tls ? { tls: parts.tls } : {}),
    ...(parts.trustedProxies ? { trustedProxies: parts.trustedProxies } : {}),
    extend: (app) => {
      extendByOpenId(app)
      parts.extend?.(app)
    },
  })

  let sealer: NodeJS.Timeout | undefined
  let sealingNow: Promise<unknown> = Promise.resolve()
  return {
    server,
    perform,
    deliver,
    keys,
    objects,
    trail: sealing,
    publishedHeads: publisher.path,
    /** Writes the sealed trail of a practice into a folder, for verify/nacre-verify.mjs. */
    exportTrail: (practiceId: string, folder: string) => exportTrail(trailFiles, practiceId, folder),
    verifyTrail,
    jobs,
    jobActor,
    practiceIds,
    onlyPractice,
    pool,
    /** Links in messages lead to this address. Noted only when it changed. */
    async rememberBaseUrl(baseUrl: string) {
      for (const practiceId of await practiceIds()) {
        const actor = operator(practiceId, 'start', ['practice.card', 'practice.set-base-url'])
        if ((await perform(practiceCard, actor, {})).baseUrl !== baseUrl) await perform(setBaseUrl, actor, { baseUrl })
      }
    },
    /** Starts what runs beside requests: the queue, and the sealing of the trail. */
    async start() {
      await sealing.catchUp()
      jobs.start()
      const tick = () => {
        sealingNow = sealing.sealOnce().catch((error) => log.error({ event: 'sealing failed', fault: faultOf(error) }))
        void sealingNow.then(() => (sealer = setTimeout(tick, SEAL_EVERY_MS)))
      }
      sealer = setTimeout(tick, SEAL_EVERY_MS)
    },
    /** Ends requests, then jobs, seals what is left, closes connections. */
    async stop() {
      await server.close()
      await jobs.stop()
      await sealingNow
      clearTimeout(sealer)
      await sealing.sealAll().catch((error) => log.error({ event: 'sealing failed', fault: faultOf(error) }))
      await Promise.all([pool.end(), trailPool.end(), vaultPool.end()])
    },
  }
}
export type App = Awaited<ReturnType<typeof makeApp>>
