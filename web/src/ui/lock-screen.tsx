import { Avatar, Button, PasswordInput } from '@mantine/core'
import { useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react'
import { createPortal } from 'react-dom'
import { Problem } from '../api.ts'
import { formatInitials } from './format.ts'
import { Mark } from './wordmark.tsx'
import './lock-screen.css'

export interface LockScreenProps {
  person: { name: string; role: string }
  /** reject with a Problem when the password is wrong */
  onUnlock: (password: string) => Promise<void>
  /** passkey, if this person has one on this device */
  onUnlockWithPasskey?: () => Promise<void>
  /** signs out and opens the sign-in page for the next person */
  onSwitchPerson: () => void
  /** at a shared device: the people who can change to themselves by PIN */
  others?: ReactNode
}

/** Stands over the blurred page. What was typed below is still there after unlocking. */
export function LockScreen(props: LockScreenProps) {
  return createPortal(<LockDialog {...props} />, document.body)
}

/** Everything else in the body, dialogs and menus included: unreadable, out of reach, still alive. */
function useCover() {
  const cover = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const others = [...document.body.children].filter(
      (child): child is HTMLElement => child instanceof HTMLElement && child !== cover.current && !child.inert,
    )
    for (const other of others) other.inert = true
    document.body.classList.add('n-locked')
    return () => {
      for (const other of others) other.inert = false
      document.body.classList.remove('n-locked')
    }
  }, [])
  return cover
}

function LockDialog({ person, onUnlock, onUnlockWithPasskey, onSwitchPerson, others }: LockScreenProps) {
  const [password, setPassword] = useState('')
  const [state, setState] = useState<'open' | 'checking'>('open')
  const [error, setError] = useState<string>()
  const cover = useCover()
  const attempt = async (unlock: () => Promise<void>) => {
    setState('checking')
    setError(undefined)
    try {
      await unlock()
    } catch (problem) {
      setError(problem instanceof Problem ? (problem.detail ?? problem.title) : problem instanceof Error && problem.name === 'PasskeyError' ? problem.message : 'This did not work. Please try again.')
      setPassword('')
    } finally {
      setState('open')
    }
  }
  const send = (event: FormEvent) => {
    event.preventDefault()
    void attempt(() => onUnlock(password))
  }
  return (
    <div ref={cover} className="n-lock" role="dialog" aria-modal="true" aria-labelledby="n-lock-title">
      <div className="n-lock__cards">
      {others}
      <form className="n-lock__card n-panel" onSubmit={send}>
        <Mark sizePixels={40} />
        <h1 id="n-lock-title">Locked</h1>
        <div className="n-lock__person">
          <Avatar size={44} radius="xl" color="teal" alt="">
            {formatInitials(person.name).replace(/[. ]/g, '').slice(0, 2)}
          </Avatar>
          <span>
            <strong>{person.name}</strong>
            <span>{person.role}</span>
          </span>
        </div>
        <PasswordInput
          className="n-lock__password"
          label="Password"
          size="lg"
          data-autofocus
          autoFocus
          autoComplete="current-password"
          value={password}
          error={error}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" size="lg" fullWidth loading={state === 'checking'} disabled={password === ''}>
          Unlock
        </Button>
        {onUnlockWithPasskey && (
          <Button variant="light" size="lg" fullWidth onClick={() => void attempt(onUnlockWithPasskey)}>
            Use a passkey
          </Button>
        )}
        <Button variant="default" size="lg" fullWidth onClick={onSwitchPerson}>
          Somebody else
        </Button>
      </form>
      </div>
    </div>
  )
}
