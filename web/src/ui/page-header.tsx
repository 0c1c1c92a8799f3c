import type { ReactNode } from 'react'
import './page-header.css'

export interface PageHeaderProps {
  title: ReactNode
  /** one line under the title */
  subtitle?: ReactNode
  /** buttons at the right; below on a phone */
  actions?: ReactNode
}

/** The head of a staff page: one h1, one line, the page's actions. */
export function PageHeader({ title, subtitle, actions }: PageHeaderProps) {
  return (
    <header className="n-page-header">
      <div>
        <h1>{title}</h1>
        {subtitle && <div className="n-page-header__subtitle">{subtitle}</div>}
      </div>
      {actions && <div className="n-page-header__actions">{actions}</div>}
    </header>
  )
}
