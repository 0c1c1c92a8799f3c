import { Button, Collapse, NumberInput, Textarea } from '@mantine/core'
import { IconHandStop } from '@tabler/icons-react'
import { useId, useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { Refusal, RefusalOverride } from '../api.ts'
import './notices.css'

export interface OverrideRequest {
  reason: string
  minutes: number
}

export interface RefusalNoticeProps {
  refusal: Refusal
  /** called with `refusal.fix.href` instead of following the link, for in-app navigation */
  onFix?: (href: string) => void
  /** offered only when the refusal allows it; reject with a Problem to show that it failed */
  onOverride?: (request: OverrideRequest) => Promise<void> | void
  /** one short sentence above, e.g. "Photos of this visit are closed to the front desk." */
  heading?: string
}

/** The etiquette of a gate: why (with the rule), who can fix it, a button that starts the fix, an override if the law allows. */
export function RefusalNotice({ refusal, onFix, onOverride, heading }: RefusalNoticeProps) {
  const { t } = useTranslation('kit')
  const [overriding, setOverriding] = useState(false)
  const { fix, override } = refusal
  return (
    <section className="n-notice n-notice--refusal" role="alert">
      <span className="n-notice__sign">
        <IconHandStop size={20} stroke={1.75} aria-hidden />
      </span>
      <div className="n-notice__body">
        {heading && <p className="n-notice__title">{heading}</p>}
        <p className={heading ? undefined : 'n-notice__title'}>{refusal.why}</p>
        <dl className="n-notice__facts">
          {refusal.rule && <Fact term={t('refusal.rule')} text={refusal.rule} />}
          {refusal.whoCanFix && <Fact term={t('refusal.whoCanFix')} text={refusal.whoCanFix} />}
        </dl>
        <div className="n-notice__actions">
          {fix && (
            <Button
              component="a"
              href={fix.href}
              onClick={(event) => {
                if (!onFix) return
                event.preventDefault()
                onFix(fix.href)
              }}
            >
              {fix.label}
            </Button>
          )}
          {override && onOverride && (
            <Button variant="default" aria-expanded={overriding} onClick={() => setOverriding((open) => !open)}>
              {override.label ?? 'Go on with a reason'}
            </Button>
          )}
        </div>
        {override && onOverride && (
          <Collapse expanded={overriding}>
            <OverrideForm override={override} onOverride={onOverride} />
          </Collapse>
        )}
      </div>
    </section>
  )
}

function Fact({ term, text }: { term: string; text: string }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{text}</dd>
    </div>
  )
}

const shortestReasonCharacters = 10

interface OverrideFormProps {
  override: RefusalOverride
  onOverride: (request: OverrideRequest) => Promise<void> | void
}

function OverrideForm({ override, onOverride }: OverrideFormProps) {
  const longest = override.maxMinutes ?? 60
  const [reason, setReason] = useState('')
  const [minutes, setMinutes] = useState(Math.min(15, longest))
  const [state, setState] = useState<'open' | 'sending' | 'failed'>('open')
  const noteId = useId()
  const send = async (event: FormEvent) => {
    event.preventDefault()
    setState('sending')
    try {
      await onOverride({ reason: reason.trim(), minutes })
      setState('open')
    } catch {
      setState('failed')
    }
  }
  return (
    <form className="n-override" onSubmit={(event) => void send(event)} aria-describedby={noteId}>
      <Textarea
        label="Reason"
        autosize
        minRows={2}
        required
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <NumberInput
        label="For how many minutes"
        min={1}
        max={longest}
        value={minutes}
        onChange={(value) => setMinutes(Number(value) || 1)}
      />
      <p id={noteId} className="n-notice__small">
        Your name, this reason and everything opened meanwhile land on the review list
        {override.reviewedBy ? ` of ${override.reviewedBy}` : ''}.
      </p>
      {state === 'failed' && <p className="n-notice__failed">This was not accepted. Nothing was opened.</p>}
      <Button
        type="submit"
        color="red"
        loading={state === 'sending'}
        disabled={reason.trim().length < shortestReasonCharacters}
      >
        Open for {minutes} {minutes === 1 ? 'minute' : 'minutes'}
      </Button>
    </form>
  )
}
