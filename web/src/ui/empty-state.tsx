import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Icon } from './status-chip.tsx'
import './notices.css'

export interface EmptyStateProps {
  icon?: Icon
  /** what belongs here: "Released photos appear here" */
  title: string
  /** how it gets here */
  hint?: ReactNode
  /** the first step; `href` makes it a link */
  action?: { label: string; onClick?: () => void; href?: string }
}

/** Nothing here yet: says what belongs here and offers the first step. */
export function EmptyState({ icon: IconOf, title, hint, action }: EmptyStateProps) {
  return (
    <div className="n-empty">
      {IconOf && (
        <span className="n-empty__icon">
          <IconOf size={28} stroke={1.5} aria-hidden />
        </span>
      )}
      <p className="n-empty__title">{title}</p>
      {hint && <div className="n-empty__hint">{hint}</div>}
      {action?.href && (
        <Button component="a" href={action.href} variant="light">
          {action.label}
        </Button>
      )}
      {action && !action.href && (
        <Button onClick={action.onClick} variant="light">
          {action.label}
        </Button>
      )}
    </div>
  )
}
