import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { isLanguage, type Language } from '../../i18n.ts'

export const useLanguage = (): Language => {
  const { i18n } = useTranslation()
  return isLanguage(i18n.language) ? i18n.language : 'en'
}

export function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="me-section" aria-label={title}>
      <h2 className="v-steps__title">{title}</h2>
      {children}
    </section>
  )
}
