import { NumberInput, Textarea, TextInput } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useId, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Language } from '../i18n.ts'
import {
  dateFromParts,
  isEnabled,
  type Answer,
  type Answers,
  type QuestionItem,
  type QuestionOption,
} from './questionnaire.ts'
import './question-field.css'

export interface QuestionFieldProps {
  item: QuestionItem
  answers: Answers
  /** undefined takes the answer back */
  onAnswer: (linkId: string, answer: Answer | undefined) => void
  language: Language
  /** after "Continue" without an answer; shown under the question */
  error?: string | undefined
  /** `inner`: stands in a group, a heading lower */
  level?: 'top' | 'inner'
}

/** One question of a questionnaire, with controls that a thumb hits. A group renders its questions in turn. */
export function QuestionField(props: QuestionFieldProps) {
  const { item, answers, language } = props
  if (item.type === 'group') {
    return (
      <section className="n-question-group">
        <h2 className="n-question__text">{item.text[language]}</h2>
        {item.help && <p className="n-question__help">{item.help[language]}</p>}
        {item.items
          .filter((inner) => isEnabled(inner, answers))
          .map((inner) => (
            <QuestionField key={inner.linkId} {...props} item={inner} level="inner" />
          ))}
      </section>
    )
  }
  if (item.type === 'display') return <p className="n-question__display">{item.text[language]}</p>
  return <Question {...props} item={item} />
}

type AskedItem = Exclude<QuestionItem, { type: 'group' }>

function Question({
  item,
  answers,
  onAnswer,
  language,
  error,
  level = 'top',
}: QuestionFieldProps & { item: AskedItem }) {
  const { t } = useTranslation('kit')
  const id = useId()
  const Heading = level === 'top' ? 'h2' : 'h3'
  const answer = answers[item.linkId]
  const give = (next: Answer | undefined) => onAnswer(item.linkId, next)
  const describedBy = [item.help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(' ')
  const field: FieldProps = { labelledBy: `${id}-text`, describedBy: describedBy || undefined, answer, give, language }
  return (
    <div className="n-question" role="group" aria-labelledby={`${id}-text`} data-wrong={error !== undefined}>
      <Heading className="n-question__text" id={`${id}-text`}>
        {item.text[language]}
        {item.required !== true && <span className="n-question__optional"> {t('answer.optional')}</span>}
      </Heading>
      {item.help && (
        <p className="n-question__help" id={`${id}-help`}>
          {item.help[language]}
        </p>
      )}
      <Control item={item} field={field} />
      {error && (
        <p className="n-question__error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </div>
  )
}

interface FieldProps {
  labelledBy: string
  describedBy: string | undefined
  answer: Answer | undefined
  give: (answer: Answer | undefined) => void
  language: Language
}

function Control({ item, field }: { item: AskedItem; field: FieldProps }): ReactNode {
  if (item.type === 'boolean') return <YesNo {...field} />
  if (item.type === 'choice') return <Choice {...field} options={item.options} />
  if (item.type === 'multi-choice') return <MultiChoice {...field} options={item.options} />
  if (item.type === 'date') return <DateParts {...field} />
  if (item.type === 'number') return <NumberField {...field} />
  return item.type === 'long-text' ? <LongText {...field} /> : <ShortText {...field} />
}

function YesNo({ labelledBy, describedBy, answer, give }: FieldProps) {
  const { t } = useTranslation('kit')
  return (
    <div
      className="n-answers n-answers--two"
      role="radiogroup"
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
    >
      {[true, false].map((value) => (
        <AnswerOption
          key={String(value)}
          kind="radio"
          name={labelledBy}
          label={value ? t('answer.yes') : t('answer.no')}
          chosen={answer === value}
          onChoose={() => give(value)}
        />
      ))}
    </div>
  )
}

function Choice({ labelledBy, describedBy, answer, give, language, options }: FieldProps & OptionsProps) {
  return (
    <div className="n-answers" role="radiogroup" aria-labelledby={labelledBy} aria-describedby={describedBy}>
      {options.map(({ code, label }) => (
        <AnswerOption
          key={code}
          kind="radio"
          name={labelledBy}
          label={label[language]}
          chosen={answer === code}
          onChoose={() => give(code)}
        />
      ))}
    </div>
  )
}

interface OptionsProps {
  options: readonly QuestionOption[]
}

function toggled(options: readonly QuestionOption[], chosen: readonly string[], code: string): readonly string[] {
  if (chosen.includes(code)) return chosen.filter((other) => other !== code)
  const exclusive = (of: string) => options.find((option) => option.code === of)?.exclusive === true
  if (exclusive(code)) return [code]
  return [...chosen.filter((other) => !exclusive(other)), code]
}

function MultiChoice({ labelledBy, describedBy, answer, give, language, options }: FieldProps & OptionsProps) {
  const { t } = useTranslation('kit')
  const chosen: readonly string[] = typeof answer === 'object' ? answer : []
  return (
    <>
      <p className="n-question__help">{t('answer.chooseAny')}</p>
      <div className="n-answers" role="group" aria-labelledby={labelledBy} aria-describedby={describedBy}>
        {options.map(({ code, label }) => (
          <AnswerOption
            key={code}
            kind="checkbox"
            name={labelledBy}
            label={label[language]}
            chosen={chosen.includes(code)}
            onChoose={() => {
              const next = toggled(options, chosen, code)
              give(next.length > 0 ? next : undefined)
            }}
          />
        ))}
      </div>
    </>
  )
}

interface AnswerOptionProps {
  kind: 'radio' | 'checkbox'
  name: string
  label: string
  chosen: boolean
  onChoose: () => void
}

function AnswerOption({ kind, name, label, chosen, onChoose }: AnswerOptionProps) {
  return (
    <label className="n-answer" data-chosen={chosen}>
      <input type={kind} name={name} checked={chosen} onChange={onChoose} />
      <span className={`n-answer__mark n-answer__mark--${kind}`} aria-hidden="true">
        {chosen && <IconCheck size={16} stroke={3} />}
      </span>
      <span>{label}</span>
    </label>
  )
}

const typed = (answer: Answer | undefined) => (typeof answer === 'string' ? answer : '')

function ShortText({ labelledBy, describedBy, answer, give }: FieldProps) {
  return (
    <TextInput
      size="lg"
      autoComplete="off"
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      value={typed(answer)}
      onChange={(event) => give(event.currentTarget.value || undefined)}
    />
  )
}

function LongText({ labelledBy, describedBy, answer, give }: FieldProps) {
  return (
    <Textarea
      size="lg"
      autosize
      minRows={4}
      autoComplete="off"
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      value={typed(answer)}
      onChange={(event) => give(event.currentTarget.value || undefined)}
    />
  )
}

function NumberField({ labelledBy, describedBy, answer, give }: FieldProps) {
  return (
    <NumberInput
      size="lg"
      hideControls
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      value={typeof answer === 'number' ? answer : ''}
      onChange={(value) => give(typeof value === 'number' ? value : undefined)}
    />
  )
}

/** Month, day, year as three fields: faster than a picker for a birthday, the same on every phone. */
function DateParts({ labelledBy, describedBy, answer, give, language }: FieldProps) {
  return (
    <DatePartsInput
      labelledBy={labelledBy}
      {...(describedBy !== undefined && { describedBy })}
      value={typed(answer) || undefined}
      onChange={give}
      language={language}
    />
  )
}

export interface DatePartsInputProps {
  /** id of the element that names the field */
  labelledBy: string
  describedBy?: string
  /** YYYY-MM-DD */
  value: string | undefined
  /** undefined while the parts are no real date */
  onChange: (date: string | undefined) => void
  language: Language
  /** for a birth date: lets the browser fill it */
  autoComplete?: 'bday'
}

type Part = 'month' | 'day' | 'year'

export function DatePartsInput(props: DatePartsInputProps) {
  const { labelledBy, describedBy, value, onChange, language, autoComplete } = props
  const { t } = useTranslation('kit')
  const [parts, setParts] = useState(() => {
    const [year = '', month = '', day = ''] = (value ?? '').split('-')
    return { year, month, day }
  })
  const order: readonly Part[] = language === 'es' ? ['day', 'month', 'year'] : ['month', 'day', 'year']
  const full = parts.year.length === 4 && parts.month !== '' && parts.day !== ''
  const wrong = full && dateFromParts(parts.year, parts.month, parts.day) === undefined
  const change = (part: Part, text: string) => {
    const next = { ...parts, [part]: text.replace(/\D/g, '') }
    setParts(next)
    onChange(dateFromParts(next.year, next.month, next.day))
  }
  return (
    <div className="n-date-parts" role="group" aria-labelledby={labelledBy} aria-describedby={describedBy}>
      {order.map((part) => (
        <TextInput
          key={part}
          size="lg"
          className={part === 'year' ? 'n-date-parts__year' : 'n-date-parts__part'}
          label={t(`date.${part}`)}
          inputMode="numeric"
          autoComplete={autoComplete ? `bday-${part}` : 'off'}
          maxLength={part === 'year' ? 4 : 2}
          classNames={{ input: 'n-figures' }}
          value={parts[part]}
          onChange={(event) => change(part, event.currentTarget.value)}
        />
      ))}
      {wrong && (
        <p className="n-question__error n-date-parts__error" role="alert">
          {t('date.invalid')}
        </p>
      )}
    </div>
  )
}
