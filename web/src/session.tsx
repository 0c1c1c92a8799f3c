import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import { nothing, onSignedOut, Problem, request, type Parse } from './api.ts'
import { keepProving, onBound, renewProof } from './device/device-proof.ts'
import { PersonTiles } from './features/devices/person-tiles.tsx'
import { useIdle } from './idle.ts'
import { askOwnPasskey, canUsePasskeys } from './passkeys.ts'
import { forgetSearches } from './ui/list-state.ts'
import { LockScreen } from './ui/lock-screen.tsx'
import './session.css'

/**
 * Who is here. Nothing about it is stored in the browser: the cookie is the server's, the rest lives in memory and dies
 * with the tab. What the server offers:
 *   GET    /api/session           Session, or 401. A call without the header Nacre-Background counts as activity.
 *   DELETE /api/session           signs out
 *   POST   /api/session/lock      from now on everything but unlock answers 401; GET says `locked: true`
 *   POST   /api/session/unlock    { password } or { passkey }, or a Problem
 */

export interface SessionLocation {
  id: string
  name: string
  timeZone: string
}

export interface Session {
  user: {
    id: string
    name: string
    /** what the practice calls her roles */
    roleTitles: readonly string[]
    /** names of the actions that they include: what a page offers is decided by these, what is done by the server */
    grants: ReadonlySet<string>
    locations: readonly SessionLocation[]
    /** path of this person's next task */
    home: string
  }
  practice: {
    name: string
    /** minutes without activity until the screen locks */
    idleMinutes: number
  }
  locked: boolean
  /** she has one of her own: it unlocks, and proves who she is */
  hasPasskey: boolean
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(text) : [])

function parseLocation(value: unknown): SessionLocation[] {
  if (!isObject(value)) return []
  return [{ id: text(value.id), name: text(value.name), timeZone: text(value.timeZone) }]
}

export const parseSession: Parse<Session> = (value) => {
  const { user, practice, locked, hasPasskey } = isObject(value) ? value : {}
  if (!isObject(user) || !isObject(practice)) throw new Problem({ status: 500, title: 'The session could not be read' })
  return {
    user: {
      id: text(user.id),
      name: text(user.name),
      roleTitles: texts(user.roleTitles),
      grants: new Set(texts(user.grants)),
      locations: Array.isArray(user.locations) ? user.locations.flatMap(parseLocation) : [],
      home: text(user.home) || '/',
    },
    practice: { name: text(practice.name), idleMinutes: Number(practice.idleMinutes) || 15 },
    locked: locked === true,
    hasPasskey: hasPasskey === true,
  }
}

const askSession = () =>
  request('GET', '/api/session', parseSession).catch((error: unknown) => {
    if (error instanceof Problem && error.status === 401) return null
    throw error
  })

export type SessionState =
  | { kind: 'loading' }
  | { kind: 'failed'; error: unknown }
  | { kind: 'signed-out' }
  | { kind: 'signed-in'; session: Session }

export interface SessionControls {
  state: SessionState
  /** asks again; after signing in */
  refresh: () => Promise<void>
  lock: () => void
  signOut: () => Promise<void>
}

const SessionContext = createContext<SessionControls | undefined>(undefined)

export function useSessionControls(): SessionControls {
  const controls = useContext(SessionContext)
  if (!controls) throw new Error('useSessionControls stands outside SessionProvider')
  return controls
}

/** The session of a page behind the sign-in. */
export function useSession(): Session {
  const { state } = useSessionControls()
  if (state.kind !== 'signed-in') throw new Error('useSession stands outside the staff zone')
  return state.session
}

const sessionKey = ['session'] as const

/** Everything a tab remembers goes with the document: the next person starts on an empty page. */
const startOver = () => window.location.replace('/sign-in')

function useOtherTabs(onMessage: (message: unknown) => void): (message: string) => void {
  const channel = useRef<BroadcastChannel>(undefined)
  const latest = useRef(onMessage)
  latest.current = onMessage
  useEffect(() => {
    const opened = new BroadcastChannel('nacre-session')
    channel.current = opened
    opened.onmessage = ({ data }: MessageEvent<unknown>) => latest.current(data)
    return () => opened.close()
  }, [])
  return useCallback((message) => channel.current?.postMessage(message), [])
}

/** Holds the session, locks after idle time (all tabs together), unlocks over the page that is still there. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient()
  const { data, error, isPending } = useQuery({ queryKey: sessionKey, queryFn: askSession, staleTime: Infinity })
  const [locked, setLocked] = useState(false)

  const tellTabs = useOtherTabs((message) => {
    if (message === 'locked') setLocked(true)
    if (message === 'unlocked') setLocked(false)
    if (message === 'signed-out') startOver()
  })
  const refresh = useCallback(async () => {
    await queries.invalidateQueries({ queryKey: sessionKey })
  }, [queries])
  const lock = useCallback(() => {
    setLocked(true)
    forgetSearches()
    tellTabs('locked')
    // Offline, the screen locks all the same; the server's own idle clock ends the session.
    void request('POST', '/api/session/lock', nothing).catch(() => undefined)
  }, [tellTabs])
  const signOut = useCallback(async () => {
    await request('DELETE', '/api/session', nothing).catch(() => undefined)
    tellTabs('signed-out')
    startOver()
  }, [tellTabs])
  const unlock = async (proof: { password: string } | { passkey: unknown }) => {
    await request('POST', '/api/session/unlock', nothing, { body: proof })
    await isUnlocked()
  }
  const isUnlocked = async () => {
    await renewProof()
    await refresh()
    setLocked(false)
    tellTabs('unlocked')
  }

  const state = useMemo((): SessionState => {
    if (error) return { kind: 'failed', error }
    if (isPending) return { kind: 'loading' }
    return data ? { kind: 'signed-in', session: data } : { kind: 'signed-out' }
  }, [data, error, isPending])

  // Out of sight first. A locked session can be unlocked; one that was ended, perhaps at another device, cannot.
  const hide = useCallback(async () => {
    setLocked(true)
    const session = await askSession().catch(() => undefined)
    if (session === null) startOver()
  }, [])
  const signedIn = state.kind === 'signed-in'
  useEffect(() => (signedIn ? onSignedOut(() => void hide()) : undefined), [signedIn, hide])

  const controls = useMemo(() => ({ state, refresh, lock, signOut }), [state, refresh, lock, signOut])
  const isLocked = signedIn && (locked || state.session.locked)
  const isAtWork = signedIn && !isLocked
  useEffect(() => {
    if (!isAtWork) return
    const stopListening = onBound(() => void refresh())
    const stopProving = keepProving()
    return () => {
      stopListening()
      stopProving()
    }
  }, [isAtWork, refresh])
  return (
    <SessionContext value={controls}>
      {signedIn && state.session.locked && !locked ? null : children}
      {signedIn && !isLocked && (
        <IdleWatch idleMinutes={state.session.practice.idleMinutes} onIdle={lock} onActive={() => void refresh()} />
      )}
      {isLocked && (
        <LockScreen
          person={{ name: state.session.user.name, role: state.session.user.roleTitles.join(', ') }}
          onUnlock={(password) => unlock({ password })}
          {...(state.session.hasPasskey && canUsePasskeys() ? { onUnlockWithPasskey: async () => unlock({ passkey: await askOwnPasskey() }) } : {})}
          onSwitchPerson={() => void signOut()}
          others={<PersonTiles me={state.session.user.id} onMyself={isUnlocked} onOther={() => tellTabs('signed-out')} />}
        />
      )}
    </SessionContext>
  )
}

interface IdleWatchProps {
  idleMinutes: number
  onIdle: () => void
  onActive: () => void
}

function IdleWatch(props: IdleWatchProps) {
  const secondsLeft = useIdle(props)
  return (
    <div role="status" className={secondsLeft === undefined ? 'n-hidden' : 'n-idle'}>
      {secondsLeft !== undefined && (
        <>
          <strong>This screen locks in {secondsLeft > 10 ? 'less than a minute' : 'a few seconds'}.</strong> Move the
          mouse, touch the screen or press a key to stay.
        </>
      )}
    </div>
  )
}
