import { Button } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { useEffect, useRef, type FormEvent, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { DisplayTitle } from '../../ui/public-shell.tsx'
import '../../ui/step-form.css'

export interface FrameProps {
  id: string
  /** from 1 */
  step: number
  steps: number
  title: ReactNode
  lead?: ReactNode
  onBack?: (() => void) | undefined
  children: ReactNode
  /** the big button; a screen where a choice leads on has none */
  next?: { label: string; busy?: boolean; onNext: () => void } | undefined
}

/** One question: how far, the question, the way back and on. */
export function Frame({ id, step, steps, title, lead, onBack, children, next }: FrameProps) {
  const { t } = useTranslation('kit')
  const top = useTopFocus(id)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    next?.onNext()
  }
  const said = t('step.of', { step, total: steps })
  return (
    <form className="n-steps" noValidate onSubmit={submit}>
      <div className="n-steps__top">
        <progress className="n-steps__progress" max={steps} value={step} aria-label={said} />
        <div className="n-steps__status">
          <span className="n-figures">{said}</span>
        </div>
      </div>
      <div className="n-steps__body" ref={top} tabIndex={-1}>
        <DisplayTitle lead={lead}>{title}</DisplayTitle>
        {children}
      </div>
      {(onBack ?? next) && (
        <div className="n-steps__foot">
          {onBack && (
            <Button variant="subtle" color="gray" size="lg" leftSection={<IconArrowLeft size={18} stroke={1.75} />} onClick={onBack}>
              {t('back')}
            </Button>
          )}
          {next && (
            <Button type="submit" size="lg" loading={next.busy === true} className="n-steps__next">
              {next.label}
            </Button>
          )}
        </div>
      )}
    </form>
  )
}

/** A new question starts at its top, and a screen reader starts reading there. */
function useTopFocus(id: string) {
  const top = useRef<HTMLDivElement>(null)
  const last = useRef(id)
  useEffect(() => {
    if (last.current === id) return
    last.current = id
    top.current?.focus({ preventScroll: true })
    window.scrollTo({ top: 0 })
  }, [id])
  return top
}

export interface PickProps {
  label: ReactNode
  hint?: ReactNode
  onPick: () => void
}

/** A choice that leads on. */
export function Pick({ label, hint, onPick }: PickProps) {
  return (
    <button type="button" className="n-plain n-pick" onClick={onPick}>
      <span className="n-pick__label">{label}</span>
      {hint && <span className="n-pick__hint">{hint}</span>}
    </button>
  )
}
