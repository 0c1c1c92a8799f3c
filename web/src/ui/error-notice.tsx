import { Button } from '@mantine/core'
import { IconAlertCircle, IconCloudOff } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '../api.ts'
import { RefusalNotice } from './refusal-notice.tsx'
import './notices.css'

export interface ErrorNoticeProps {
  /** anything that was thrown; a Problem with a refusal is shown as RefusalNotice */
  error: unknown
  /** what to do, if this page knows better than the general advice */
  whatToDo?: ReactNode
  onRetry?: () => void
  onFix?: (href: string) => void
}

/** What happened, what to do, and a reference. Never a stack. */
export function ErrorNotice({ error, whatToDo, onRetry, onFix }: ErrorNoticeProps) {
  const { t } = useTranslation('kit')
  const problem = error instanceof Problem ? error : undefined
  if (problem?.refusal) return <RefusalNotice refusal={problem.refusal} {...(onFix && { onFix })} />
  const offline = problem?.isOffline === true
  const Sign = offline ? IconCloudOff : IconAlertCircle
  return (
    <section className="n-notice n-notice--error" role="alert">
      <span className="n-notice__sign">
        <Sign size={20} stroke={1.75} aria-hidden />
      </span>
      <div className="n-notice__body">
        <p className="n-notice__title">{offline ? t('error.offline.title') : (problem?.title ?? t('error.title'))}</p>
        {problem?.detail && <p>{problem.detail}</p>}
        {problem && problem.errors.length > 0 && (
          <ul className="n-notice__list">
            {problem.errors.map((field) => (
              <li key={`${field.path} ${field.message}`}>{field.message}</li>
            ))}
          </ul>
        )}
        <p>{whatToDo ?? (offline ? t('error.offline.do') : t('error.do'))}</p>
        {problem?.reference && (
          <p className="n-notice__small">
            {t('error.reference')} <code>{problem.reference}</code>
          </p>
        )}
        {onRetry && (
          <div className="n-notice__actions">
            <Button variant="default" onClick={onRetry}>
              {t('error.retry')}
            </Button>
          </div>
        )}
      </div>
    </section>
  )
}
