import { IconPencil } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Language } from '../../i18n.ts'
import { formatPlainDate } from '../../ui/format.ts'
import { isComplete, type Answer, type Answers, type QuestionItem } from '../../ui/questionnaire.ts'

export interface HealthReviewProps {
  /** as asked: only what is enabled */
  items: readonly QuestionItem[]
  answers: Answers
  language: Language
  /** opens the question at this index */
  onEdit: (index: number) => void
}

/** Everything she answered on one page, each a tap away from being changed. */
export function HealthReview({ items, answers, language, onEdit }: HealthReviewProps) {
  const { t } = useTranslation(['visit', 'kit'])
  const words = (item: QuestionItem, answer: Answer | undefined): string => {
    if (answer === undefined) return t('visit:health.none')
    if (typeof answer === 'boolean') return answer ? t('kit:answer.yes') : t('kit:answer.no')
    const label = (code: string) =>
      'options' in item ? (item.options.find((o) => o.code === code)?.label[language] ?? code) : code
    if (typeof answer === 'object') return answer.map(label).join(', ')
    return item.type === 'date' ? formatPlainDate(String(answer), language) : label(String(answer))
  }
  const line = (item: QuestionItem): string =>
    item.type === 'group'
      ? item.items
          .flatMap((inner) => (answers[inner.linkId] === undefined ? [] : [words(inner, answers[inner.linkId])]))
          .join(' · ') || t('visit:health.none')
      : words(item, answers[item.linkId])
  return (
    <div className="v-review">
      <h2 className="v-review__title">{t('visit:health.review')}</h2>
      <p className="v-review__lead">{t('visit:health.reviewLead')}</p>
      <ul>
        {items.map((item, index) => (
          <li key={item.linkId}>
            <button
              type="button"
              className="n-plain v-review__row"
              data-open={!isComplete(item, answers)}
              onClick={() => onEdit(index)}
            >
              <span className="v-review__question">{item.text[language]}</span>
              <span className="v-review__answer">{line(item)}</span>
              <IconPencil size={18} stroke={1.75} aria-hidden />
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
