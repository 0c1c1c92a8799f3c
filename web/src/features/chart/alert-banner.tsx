import { IconClipboardOff } from '@tabler/icons-react'
import { formatDate } from '../../ui/format.ts'
import { alertLooks } from './alert-looks.ts'
import type { Alert, Chart } from './chart-queries.ts'

interface AlertBannerProps {
  chart: Pick<Chart, 'alerts' | 'intakeAt'>
  timeZone: string
}

const severities = ['stop', 'caution', 'note'] as const

/** What must be known before a needle is picked up: the worst first, each in words, never by colour alone. */
export function AlertBanner({ chart: { alerts, intakeAt }, timeZone }: AlertBannerProps) {
  return (
    <section className="n-alerts" aria-label="Alerts">
      {severities.map((severity) => (
        <Group key={severity} severity={severity} alerts={alerts.filter((alert) => alert.severity === severity)} />
      ))}
      {intakeAt ? (
        <p className="n-alerts__source">
          {alerts.length === 0 && <strong>No alerts. </strong>}Health questionnaire of{' '}
          {formatDate(intakeAt, { timeZone })}.
        </p>
      ) : (
        <div className="n-alerts__group" data-severity="caution">
          <h2>
            <IconClipboardOff size={18} stroke={2} aria-hidden />
            Nothing asked
          </h2>
          <p>
            <strong>No health questionnaire yet.</strong> No alert here does not mean that there is none: ask before you
            treat.
          </p>
        </div>
      )}
    </section>
  )
}

function Group({ severity, alerts }: { severity: Alert['severity']; alerts: readonly Alert[] }) {
  if (alerts.length === 0) return null
  const { icon: Sign, label } = alertLooks[severity]
  return (
    <div className="n-alerts__group" data-severity={severity}>
      <h2>
        <Sign size={18} stroke={2} aria-hidden />
        {label}
      </h2>
      <ul>
        {alerts.map(({ kind, text, detail, source }) => (
          <li key={`${kind} ${text}`}>
            {text}
            {detail && <span> ({detail})</span>}
            {source === 'history' && <span className="n-alerts__from"> from history</span>}
          </li>
        ))}
      </ul>
    </div>
  )
}
