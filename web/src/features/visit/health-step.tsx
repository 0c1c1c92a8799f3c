import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isLanguage, type Language } from '../../i18n.ts'
import { useAutosave } from '../../ui/autosave.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { QuestionField } from '../../ui/question-field.tsx'
import { enabledItems, isComplete, type Answers, type QuestionItem } from '../../ui/questionnaire.ts'
import { SkeletonCard } from '../../ui/skeletons.tsx'
import { StepForm, type FormStep } from '../../ui/step-form.tsx'
import { HealthReview } from './health-review.tsx'
import { formKey, loadForm, saveAnswers, submitAnswers, type VisitForm } from './visit-data.ts'

export interface HealthStepProps {
  /** which question is open; undefined: the first without an answer */
  at: number | undefined
  onAt: (at: number, how?: 'instead') => void
  onDone: () => Promise<void>
}

export function HealthStep(props: HealthStepProps) {
  // Asked again at each opening: the answers on the server are the newest, not those of an earlier look.
  const {
    data: form,
    error,
    refetch,
  } = useQuery({ queryKey: formKey, queryFn: loadForm, staleTime: Infinity, gcTime: 0 })
  if (error) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  return form ? <HealthForm {...props} form={form} /> : <SkeletonCard lines={6} />
}

const firstOpen = (items: readonly QuestionItem[], answers: Answers) => {
  const found = items.findIndex((item) => !isComplete(item, answers))
  return found === -1 ? items.length : found
}

/** One question a screen, saved as she answers; at the end everything once more, then it is sent. */
function HealthForm({ form, at, onAt, onDone }: HealthStepProps & { form: VisitForm }) {
  const { t, i18n } = useTranslation('visit')
  const language: Language = isLanguage(i18n.language) ? i18n.language : 'en'
  const queries = useQueryClient()
  const [answers, setAnswers] = useState<Answers>(form.answers)
  const [failure, setFailure] = useState<unknown>()
  const submitted = useRef(false)
  const autosave = useAutosave({
    value: answers,
    // What was submitted is closed: a late retry must not begin a new draft.
    save: async (value) => (submitted.current ? undefined : saveAnswers(language, value)),
  })
  const items = enabledItems(form.items, answers)
  // Decided once: an answer given here must not move the page.
  const [start] = useState(() =>
    form.from === 'taken-over' ? 0 : form.from === 'submitted' ? items.length : firstOpen(items, answers),
  )
  const index = at ?? start
  // In the address, so that "back" returns to this very question.
  useEffect(() => {
    if (at === undefined) onAt(start, 'instead')
  })

  const submit = async () => {
    setFailure(undefined)
    try {
      await autosave.flush()
      await submitAnswers(language, answers)
      submitted.current = true
      queries.removeQueries({ queryKey: formKey })
      await onDone()
    } catch (error) {
      setFailure(error)
    }
  }
  const question = (item: QuestionItem): FormStep => ({
    id: item.linkId,
    complete: isComplete(item, answers),
    content: ({ tried }) => (
      <>
        {form.from === 'taken-over' && index === 0 && <p className="v-note">{t('health.takenOver')}</p>}
        <HealthQuestion
          item={item}
          answers={answers}
          language={language}
          tried={tried}
          onAnswer={(linkId, answer) => setAnswers((before) => ({ ...before, [linkId]: answer }))}
        />
      </>
    ),
  })
  const open = firstOpen(items, answers)
  const review: FormStep = {
    id: 'review',
    complete: open === items.length,
    content: ({ tried }) => (
      <>
        <HealthReview items={items} answers={answers} language={language} onEdit={onAt} />
        {tried && (
          <p className="n-question__error" role="alert">
            {t('health.open')}
          </p>
        )}
        {failure !== undefined && <ErrorNotice error={failure} />}
      </>
    ),
  }
  return (
    <StepForm
      title={t('step.health')}
      steps={[...items.map(question), review]}
      index={index}
      onIndexChange={(next) => {
        onAt(next)
        window.scrollTo({ top: 0 })
      }}
      onFinish={submit}
      saveState={autosave.state}
      finishLabel={t('health.submit')}
    />
  )
}

interface HealthQuestionProps {
  item: QuestionItem
  answers: Answers
  language: Language
  tried: boolean
  onAnswer: (linkId: string, answer: Answers[string]) => void
}

/** A question, or a few that belong together, each with its own word about what is missing, brought into view. */
function HealthQuestion({ item, answers, language, tried, onAnswer }: HealthQuestionProps) {
  const { t } = useTranslation('kit')
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (tried) place.current?.querySelector('[role="alert"]')?.scrollIntoView({ block: 'center' })
  }, [tried])
  const field = (one: QuestionItem, level: 'top' | 'inner') => (
    <QuestionField
      level={level}
      key={one.linkId}
      item={one}
      answers={answers}
      language={language}
      onAnswer={onAnswer}
      error={tried && !isComplete(one, answers) ? t('answer.required') : undefined}
    />
  )
  if (item.type !== 'group') return <div ref={place}>{field(item, 'top')}</div>
  return (
    <div className="n-question-group" ref={place}>
      <h2 className="n-question__text v-group">{item.text[language]}</h2>
      {item.items.map((inner) => field(inner, 'inner'))}
    </div>
  )
}
