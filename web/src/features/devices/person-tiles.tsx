import { Avatar, Button, PasswordInput } from '@mantine/core'
import { IconArrowLeft, IconBackspace } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { nothing, Problem, request, type Parse } from '../../api.ts'
import { signedByDevice } from '../../device/device-proof.ts'
import { formatInitials } from '../../ui/format.ts'
import './devices.css'

interface Person {
  userId: string
  name: string
  role: string
}
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const parsePeople: Parse<Person[]> = (value) => {
  const people = isObject(value) && Array.isArray(value.people) ? value.people : []
  return people.filter(isObject).map(({ userId, name, role }) => ({ userId: String(userId), name: String(name), role: String(role) }))
}

/** Who can change to herself here: nobody, where the device is not enrolled or not shared. */
const askPeople = async (): Promise<Person[]> => {
  const signed = await signedByDevice('people', 'device')
  if (!signed) return []
  return request('POST', '/api/device/people', parsePeople, { body: signed, background: 'yes' }).catch((error: unknown) => {
    if (error instanceof Problem && !error.isOffline) return []
    throw error
  })
}
const switchTo = async (userId: string, pin: string) => {
  const signed = await signedByDevice(`switch:${userId}`, 'device')
  if (!signed) throw new Problem({ status: 401, title: 'This device is not enrolled', detail: 'Sign in with your password.' })
  await request('POST', '/api/device/switch', nothing, { body: { ...signed, userId, pin } })
}

interface PersonTilesProps {
  /** whose screen it is; absent when nobody is signed in */
  me?: string
  /** the same person is back: the page below is still there */
  onMyself?: () => Promise<void>
  /** somebody else: told before everything starts anew */
  onOther: () => void
}

/** The people of a shared device as tiles: a tap, the own PIN, and it is hers. */
export function PersonTiles({ me, onMyself, onOther }: PersonTilesProps) {
  const people = useQuery({ queryKey: ['device-people'], queryFn: askPeople, staleTime: 0, gcTime: 0, retry: false })
  const [chosen, setChosen] = useState<Person>()
  if (!people.data || people.data.length === 0) return null
  const change = async (pin: string) => {
    if (!chosen) return
    await switchTo(chosen.userId, pin)
    if (chosen.userId === me && onMyself) return onMyself()
    onOther()
    // Everything that the page remembers of the one before goes with the document.
    window.location.replace('/')
  }
  return (
    <section className="n-people n-panel" aria-label="Who is working here now?">
      {chosen ? (
        <PinPad person={chosen} onPin={change} onBack={() => setChosen(undefined)} />
      ) : (
        <>
          <h2>Who is working here now?</h2>
          <ul>
            {people.data.map((person) => (
              <li key={person.userId}>
                <button type="button" className="n-people__tile" onClick={() => setChosen(person)}>
                  <Avatar size={48} radius="xl" color="teal" alt="">
                    {formatInitials(person.name).replace(/[. ]/g, '').slice(0, 2)}
                  </Avatar>
                  <strong>{person.name}</strong>
                  <span>{person.role}</span>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const
const FEWEST_DIGITS = 6
const MOST_DIGITS = 12

function PinPad({ person, onPin, onBack }: { person: Person; onPin: (pin: string) => Promise<void>; onBack: () => void }) {
  const [pin, setPin] = useState('')
  const [error, setError] = useState<string>()
  const [busy, setBusy] = useState(false)
  const type = (digit: string) => setPin((typed) => (typed + digit).slice(0, MOST_DIGITS))
  const send = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setError(undefined)
    try {
      await onPin(pin)
    } catch (problem) {
      setPin('')
      setError(problem instanceof Problem ? (problem.detail ?? problem.title) : 'This did not work. Please try again.')
    } finally {
      setBusy(false)
    }
  }
  return (
    <form className="n-pin" onSubmit={(event) => void send(event)}>
      <Button variant="subtle" leftSection={<IconArrowLeft size={18} aria-hidden />} onClick={onBack}>
        Somebody else
      </Button>
      <h2>{person.name}</h2>
      <PasswordInput
        label="PIN" size="lg" inputMode="numeric" autoComplete="off" autoFocus value={pin} error={error}
        onChange={(event) => setPin(event.currentTarget.value.replaceAll(/\D/g, '').slice(0, MOST_DIGITS))}
      />
      <div className="n-pin__keys">
        {KEYS.map((key) => (
          <button key={key} type="button" onClick={() => type(key)}>
            {key}
          </button>
        ))}
        <span />
        <button type="button" onClick={() => type('0')}>
          0
        </button>
        <button type="button" aria-label="Delete the last digit" onClick={() => setPin((typed) => typed.slice(0, -1))}>
          <IconBackspace size={22} aria-hidden />
        </button>
      </div>
      <Button type="submit" size="lg" loading={busy} disabled={pin.length < FEWEST_DIGITS}>
        It is me
      </Button>
    </form>
  )
}
