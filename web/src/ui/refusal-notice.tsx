import { Button, Collapse, Textarea } from '@mantine/core'
import { IconHandStop } from '@tabler/icons-react'
import { createContext, useContext, useId, useState, type FormEvent, type MouseEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { Refusal, RefusalOverride } from '../api.ts'
import './notices.css'

export interface OverrideRequest {
  reason: string
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

/** What the page around a refusal can do about it, wherever in the page it is shown. */
export interface RefusalHelp {
  /** starts what the override names, if this page knows for whom */
  onOverride?: (override: RefusalOverride, request: OverrideRequest) => Promise<void>
  /** the page that explains a refused action to the person herself */
  whyHref?: (action: string) => string
}
export const RefusalHelpContext = createContext<RefusalHelp>({})

/** The etiquette of a gate: why (with the rule), who can fix it, a button that starts the fix, an override if the law allows. */
export function RefusalNotice({ refusal, onFix, onOverride: onOwn, heading }: RefusalNoticeProps) {
  const { t } = useTranslation('kit')
  const [overriding, setOverriding] = useState(false)
  const help = useContext(RefusalHelpContext)
  const { fix, override, action } = refusal
  const helps = override && help.onOverride
  const onOverride = onOwn ?? (helps ? (request: OverrideRequest) => helps(override, request) : undefined)
  const follow = (href: string) => (event: MouseEvent) => {
    if (!onFix) return
    event.preventDefault()
    onFix(href)
  }
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
            <Button component="a" href={fix.href} onClick={follow(fix.href)}>
              {fix.label}
            </Button>
          )}
          {override && onOverride && (
            <Button variant="default" aria-expanded={overriding} onClick={() => setOverriding((open) => !open)}>
              {override.label ?? 'Go on with a reason'}
            </Button>
          )}
          {action && help.whyHref && (
            <Button variant="subtle" component="a" href={help.whyHref(action)} onClick={follow(help.whyHref(action))}>
              Why?
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
  const [reason, setReason] = useState('')
  const [state, setState] = useState<'open' | 'sending' | 'failed'>('open')
  const noteId = useId()
  const isEnough = reason.trim().length >= shortestReasonCharacters
  const send = async (event: FormEvent) => {
    event.preventDefault()
    setState('sending')
    try {
      await onOverride({ reason: reason.trim() })
      setState('open')
    } catch {
      setState('failed')
    }
  }
  return (
    <form className="n-override" onSubmit={(event) => void send(event)} aria-describedby={noteId}>
      <Textarea
        label="What is the emergency?"
        description={`At least ${shortestReasonCharacters} characters`}
        autosize
        minRows={2}
        maxLength={500}
        required
        data-autofocus
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <p id={noteId} className="n-notice__small">
        The owner and the compliance officer are told at once. Your name, this reason and everything opened meanwhile
        are reviewed by somebody else.
      </p>
      {state === 'failed' && <p className="n-notice__failed">This was not accepted. Nothing was opened.</p>}
      <Button type="submit" color="red" size="md" loading={state === 'sending'} disabled={!isEnough}>
        Open {override.minutes ? `for ${override.minutes} minutes` : 'now'}
      </Button>
    </form>
  )
}
