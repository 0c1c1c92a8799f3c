import { SegmentedControl } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { isLanguage, languageNames, languages, type Language } from '../i18n.ts'
import { Mark } from './wordmark.tsx'
import '../display-font.css'
import './public-shell.css'

export interface PublicShellProps {
  practiceName: string
  /** at the foot: phone and address of the practice */
  contact?: ReactNode
  /** `wide` for a page with two columns on a large screen */
  width?: 'narrow' | 'wide'
  children: ReactNode
}

/** The frame of every page a patient sees: practice, language, one column. Headings are in the display face. */
export function PublicShell({ practiceName, contact, width = 'narrow', children }: PublicShellProps) {
  const { t, i18n } = useTranslation('kit')
  const language: Language = isLanguage(i18n.language) ? i18n.language : 'en'
  return (
    <div className="n-public" lang={language}>
      <header className="n-public__top">
        <span className="n-public__practice">
          <Mark sizePixels={28} />
          {practiceName}
        </span>
        <SegmentedControl
          size="sm"
          aria-label={t('language')}
          value={language}
          data={languages.map((value) => ({ value, label: languageNames[value] }))}
          onChange={(next) => void i18n.changeLanguage(next)}
        />
      </header>
      <main className="n-public__main" data-width={width}>
        {children}
      </main>
      {contact && <footer className="n-public__foot">{contact}</footer>}
    </div>
  )
}

/** The heading of a public or patient page. */
export function DisplayTitle({ children, lead }: { children: ReactNode; lead?: ReactNode }) {
  return (
    <div className="n-display">
      <h1>{children}</h1>
      {lead && <p>{lead}</p>}
    </div>
  )
}
