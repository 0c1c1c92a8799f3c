import { Button } from '@mantine/core'
import { IconDeviceDesktopQuestion, IconKeyOff, IconLockExclamation } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, data } from '../../client.ts'
import { useSessionControls } from '../../session.tsx'
import { useLocation } from '../../place.ts'
import { formatDateTime } from '../../ui/format.ts'
import { noticesKey, useNotices, type Notice } from './account-data.ts'
import { SmallError } from './small-error.tsx'
import './account.css'

/** What a person must know of sign-ins, above whatever page she is on, until she has answered. */
export function SignInNotices() {
  const notices = useNotices()
  if (!notices.data || notices.data.length === 0) return null
  return (
    <div className="n-sign-in-notices">
      {notices.data.map((notice) => (
        <OneNotice key={notice.id} notice={notice} />
      ))}
    </div>
  )
}

const signs = { 'new-device': IconDeviceDesktopQuestion, 'passkey-copied': IconKeyOff, 'account-locked': IconLockExclamation }

function words({ kind, device, about }: Notice): { title: string; hint: string } {
  if (kind === 'new-device')
    return { title: `Your account was opened on a new device: ${device ?? 'unknown'}`, hint: 'If this was you, all is well. If it was not, everything is ended at once and your account is locked until the owner restores it.' }
  if (kind === 'passkey-copied')
    return { title: 'One of your passkeys was stopped', hint: 'It was used in a way that suggests a copy of it. Remove it under your account, and add a new one.' }
  return { title: `${about} reported a sign-in that was not hers or his`, hint: `All sessions of ${about} were ended and the account is locked (${device ?? 'unknown device'}). Talk to ${about} before you restore it.` }
}

function OneNotice({ notice }: { notice: Notice }) {
  const { timeZone } = useLocation()
  const { signOut } = useSessionControls()
  const queries = useQueryClient()
  const [asking, setAsking] = useState<'no' | 'sure'>('no')
  const [left, setLeft] = useState<'still here'>()
  const path = { params: { path: { noticeId: notice.id } } }
  const dismiss = useMutation({
    mutationFn: () => data(api.POST('/api/account/notices/{noticeId}/dismiss', path)),
    onSuccess: () => queries.invalidateQueries({ queryKey: noticesKey }),
  })
  const disown = useMutation({
    mutationFn: () => data(api.POST('/api/account/notices/{noticeId}/not-me', path)),
    onSuccess: async ({ locked }) => {
      if (locked) await signOut()
      else setLeft('still here')
    },
  })
  const Sign = signs[notice.kind]
  const { title, hint } = words(notice)
  const isSignIn = notice.kind === 'new-device'
  return (
    <section className="n-sign-in-notice" aria-label="About a sign-in">
      <Sign size={24} stroke={1.6} aria-hidden />
      <div>
        <p className="n-sign-in-notice__title">{title}</p>
        <p>
          <time dateTime={notice.at}>{formatDateTime(notice.at, { timeZone })}</time>
          {notice.network && <>, from network address {notice.network}</>}. {hint}
        </p>
        {left && (
          <p>
            <strong>All other sessions are ended.</strong> Nobody else could restore your account, so it stays open: change your password and your authenticator now.
          </p>
        )}
        {(dismiss.error ?? disown.error) && <SmallError error={dismiss.error ?? disown.error} />}
        <div className="n-sign-in-notice__actions">
          {isSignIn && asking === 'no' && (
            <>
              <Button variant="default" loading={dismiss.isPending} onClick={() => dismiss.mutate()}>
                That was me
              </Button>
              <Button color="red" variant="light" onClick={() => setAsking('sure')}>
                That was not me
              </Button>
            </>
          )}
          {isSignIn && asking === 'sure' && !left && (
            <>
              <Button color="red" loading={disown.isPending} onClick={() => disown.mutate()}>
                End everything and lock my account
              </Button>
              <Button variant="default" onClick={() => setAsking('no')}>
                Go back
              </Button>
            </>
          )}
          {(!isSignIn || left) && (
            <>
              <Button component="a" href={notice.kind === 'account-locked' ? '/team' : '/account'} variant="default">
                {notice.kind === 'account-locked' ? 'Open the team' : 'Open your account'}
              </Button>
              {!isSignIn && (
                <Button variant="subtle" loading={dismiss.isPending} onClick={() => dismiss.mutate()}>
                  I have seen this
                </Button>
              )}
            </>
          )}
        </div>
      </div>
    </section>
  )
}
