import { Button, Checkbox, Modal, Radio } from '@mantine/core'
import { IconLifebuoy } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { api, data } from '../../client.ts'
import { useGo, useLocation } from '../../place.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatDateTime } from '../../ui/format.ts'
import { HandOver } from './hand-over.tsx'
import { useAccessChanged } from './team-data.ts'

interface Asked {
  id: string
  name: string
  at: string
  own: boolean
}

/** People who lost what they sign in with, and ask somebody to confirm who they are. Nothing, when nobody does. */
export function Recoveries() {
  const { timeZone } = useLocation()
  const changed = useAccessChanged()
  const asked = useQuery({ queryKey: ['recoveries'], queryFn: () => data(api.GET('/api/recoveries')) })
  const [helping, setHelping] = useState<Asked>()
  const dismiss = useMutation({ mutationFn: (askId: string) => data(api.POST('/api/recoveries/{askId}/dismiss', { params: { path: { askId } } })), onSuccess: changed })
  const close = () => {
    setHelping(undefined)
    void changed()
  }
  if ((!asked.data || asked.data.length === 0) && !helping) return null
  return (
    <section className="n-team__block" aria-labelledby="recoveries">
      <h2 id="recoveries">
        <IconLifebuoy size={20} stroke={1.75} aria-hidden /> Cannot sign in
      </h2>
      <ul className="n-team__rows n-panel">
        {(asked.data ?? []).map((one) => (
          <li key={one.id}>
            <div className="n-team__row">
              <div>
                <strong>{one.name}</strong>
                <p>asked {formatDateTime(one.at, { timeZone })} · make sure that it is really {one.name}</p>
              </div>
              {one.own ? (
                <p className="n-team__note">Somebody else confirms you.</p>
              ) : (
                <div className="n-team__buttons">
                  <Button variant="default" loading={dismiss.isPending} onClick={() => dismiss.mutate(one.id)}>
                    Dismiss
                  </Button>
                  <Button onClick={() => setHelping(one)}>I know it is {one.name}</Button>
                </div>
              )}
            </div>
            {dismiss.error && dismiss.variables === one.id && <ErrorNotice error={dismiss.error} />}
          </li>
        ))}
      </ul>
      {/* What is shown once must not vanish with a stray click. */}
      <Modal opened={helping !== undefined} onClose={close} title="Let somebody choose new factors" size="lg" closeOnClickOutside={false} closeButtonProps={{ 'aria-label': 'Close' }}>
        {helping && <Confirm asked={helping} onDone={close} />}
      </Modal>
    </section>
  )
}

const WAYS = [
  { value: 'in person', label: 'She stands before me', does: 'The link appears here: she scans it with her phone.' },
  { value: 'known voice', label: 'I called a number that I know, and know her voice', does: 'The link goes to her e-mail; you tell her a code.' },
  { value: 'video', label: 'I see her in a video call', does: 'The link goes to her e-mail; you tell her a code.' },
] as const
type Way = (typeof WAYS)[number]['value']

function Confirm({ asked, onDone }: { asked: Asked; onDone: () => void }) {
  const go = useGo()
  const [how, setHow] = useState<Way>()
  const [sure, setSure] = useState(false)
  const approve = useMutation({
    mutationFn: (way: Way) => data(api.POST('/api/recoveries/{askId}/approve', { params: { path: { askId: asked.id } }, body: { how: way, confirmed: true } })),
  })
  const given = approve.data
  if (given?.link)
    return (
      <div className="n-team__form">
        <p className="n-team__lead">
          {asked.name} scans this now, with her own phone. It works once, for half an hour, and is shown only here.
        </p>
        <HandOver link={given.link} label={`QR code with the link of ${asked.name}`} />
        <Button onClick={onDone}>Done</Button>
      </div>
    )
  if (given?.code)
    return (
      <div className="n-team__form">
        <p className="n-team__lead">The link is on its way to the e-mail address of {asked.name}. Tell her this code now; without it the link opens nothing.</p>
        <output className="n-team__spoken">{given.code.replace(/^(\d{3})/, '$1 ')}</output>
        <Button onClick={onDone}>Done</Button>
      </div>
    )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (how && sure) approve.mutate(how)
  }
  return (
    <form className="n-team__form" onSubmit={submit}>
      {approve.error && <ErrorNotice error={approve.error} onFix={go} />}
      <Radio.Group label={`How do you know that it is ${asked.name}?`} value={how ?? null} onChange={(value) => setHow(WAYS.find((way) => way.value === value)?.value)}>
        <div className="n-team__choices">
          {WAYS.map(({ value, label, does }) => (
            <Radio key={value} value={value} label={label} description={does} />
          ))}
        </div>
      </Radio.Group>
      <Checkbox label={`I am sure that this is ${asked.name}. It goes on record under my name.`} checked={sure} onChange={(event) => setSure(event.currentTarget.checked)} />
      <Button type="submit" disabled={!how || !sure} loading={approve.isPending}>
        Let her choose new factors
      </Button>
    </form>
  )
}
