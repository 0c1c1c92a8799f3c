import { Button } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { SaveState } from './autosave.ts'
import { SaveNote } from './save-note.tsx'
import './step-form.css'

export interface FormStep {
  id: string
  /** the question and its controls; told whether "Continue" was pressed too early */
  content: (state: { tried: boolean }) => ReactNode
  /** false keeps the person on this step and passes `tried: true` to the content */
  complete: boolean
  /** replaces "Continue" on this step, e.g. "I agree and sign" */
  nextLabel?: string
}

export interface StepFormProps {
  /** what the person fills in: "Health questions", shown as h1; leave it out where the page has its own h1 */
  title?: string
  steps: readonly FormStep[]
  /** controlled position; out of range is clamped */
  index: number
  onIndexChange: (index: number) => void
  /** after the last step; shows progress while pending and stays on the page when it rejects */
  onFinish: () => Promise<void> | void
  /** from useAutosave */
  saveState?: SaveState
  finishLabel?: string
}

/** One question a screen: progress, back, a big button. Enter continues (not in a long text). */
export function StepForm({
  title,
  steps,
  index,
  onIndexChange,
  onFinish,
  saveState = 'idle',
  finishLabel,
}: StepFormProps) {
  const { t } = useTranslation('kit')
  const [triedId, setTriedId] = useState<string>()
  const [finishing, setFinishing] = useState(false)
  const at = Math.max(0, Math.min(index, steps.length - 1))
  const step = steps[at]
  const body = useStepFocus(step?.id)
  if (!step) return null
  const isLast = at === steps.length - 1

  const next = async (event: FormEvent) => {
    event.preventDefault()
    if (!step.complete) return setTriedId(step.id)
    if (!isLast) return onIndexChange(at + 1)
    setFinishing(true)
    try {
      await onFinish()
    } finally {
      setFinishing(false)
    }
  }
  return (
    <form className="n-steps" noValidate onSubmit={(event) => void next(event)}>
      <div className="n-steps__top">
        {title && <h1 className="n-steps__title">{title}</h1>}
        <progress
          className="n-steps__progress"
          max={steps.length}
          value={at + 1}
          aria-label={t('step.of', { step: at + 1, total: steps.length })}
        />
        <div className="n-steps__status">
          <span className="n-figures">{t('step.of', { step: at + 1, total: steps.length })}</span>
          <SaveNote state={saveState} />
        </div>
      </div>
      <div className="n-steps__body" ref={body} tabIndex={-1} key={step.id}>
        {step.content({ tried: triedId === step.id && !step.complete })}
      </div>
      <div className="n-steps__foot">
        {at > 0 && (
          <Button
            variant="subtle"
            color="gray"
            size="lg"
            leftSection={<IconArrowLeft size={18} stroke={1.75} />}
            onClick={() => onIndexChange(at - 1)}
          >
            {t('back')}
          </Button>
        )}
        <Button type="submit" size="lg" loading={finishing} className="n-steps__next">
          {step.nextLabel ?? (isLast ? (finishLabel ?? t('finish')) : t('next'))}
        </Button>
      </div>
    </form>
  )
}

/** A new step starts at its top, and a screen reader starts reading there. */
function useStepFocus(id: string | undefined) {
  const body = useRef<HTMLDivElement>(null)
  const last = useRef(id)
  useEffect(() => {
    if (last.current === id) return
    last.current = id
    body.current?.focus({ preventScroll: true })
    body.current?.scrollIntoView({ block: 'nearest' })
  }, [id])
  return body
}
