import type { ReactNode } from 'react'
import type { Icon } from '../../ui/status-chip.tsx'

interface Props {
  title: string
  hint: ReactNode
  icon: Icon
  /** the one thing to do, at the right */
  action?: ReactNode
  children?: ReactNode
}

/** One thing that signs a person in, with what it is for. */
export function AccountCard({ title, hint, icon: IconOf, action, children }: Props) {
  return (
    <section className="n-panel n-account__card" aria-label={title}>
      <div className="n-account__head">
        <span className="n-account__icon">
          <IconOf size={20} stroke={1.75} aria-hidden />
        </span>
        <div>
          <h2>{title}</h2>
          <p>{hint}</p>
        </div>
        {action && <div className="n-account__action">{action}</div>}
      </div>
      {children}
    </section>
  )
}
