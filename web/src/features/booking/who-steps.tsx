import { TextInput } from '@mantine/core'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { FieldError } from '../../api.ts'
import type { Language } from '../../i18n.ts'
import { DatePartsInput } from '../../ui/question-field.tsx'
import { isEmail, isPhone, type Person } from './catalogue.ts'

interface WhoProps {
  person: Person
  onChange: (person: Person) => void
  /** "Continue" was pressed too early */
  tried: boolean
}

export function NameFields({ person, onChange, tried }: WhoProps) {
  const { t } = useTranslation('booking')
  const missing = (text: string) => (tried && text.trim() === '' ? t('name.required') : undefined)
  return (
    <div className="n-who">
      <TextInput
        size="lg"
        label={t('name.given')}
        autoComplete="given-name"
        maxLength={80}
        error={missing(person.givenName)}
        value={person.givenName}
        onChange={(event) => onChange({ ...person, givenName: event.currentTarget.value })}
      />
      <TextInput
        size="lg"
        label={t('name.family')}
        autoComplete="family-name"
        maxLength={80}
        error={missing(person.familyName)}
        value={person.familyName}
        onChange={(event) => onChange({ ...person, familyName: event.currentTarget.value })}
      />
    </div>
  )
}

export function BirthFields({ person, onChange, tried, language, errors }: WhoProps & { language: Language; errors: readonly FieldError[] }) {
  const { t } = useTranslation('booking')
  const id = useId()
  const told = errors.find(({ path }) => path === 'birthDate')?.message
  const error = tried && person.birthDate === undefined ? t('birth.required') : told
  return (
    <div className="n-who">
      <span className="n-hidden" id={id}>
        {t('birth.label')}
      </span>
      <DatePartsInput
        labelledBy={id}
        value={person.birthDate}
        onChange={(birthDate) => onChange({ ...person, birthDate })}
        language={language}
        autoComplete="bday"
      />
      {error && (
        <p className="n-question__error" role="alert">
          {error}
        </p>
      )}
    </div>
  )
}

export function ContactFields({ person, onChange, tried, errors }: WhoProps & { errors: readonly FieldError[] }) {
  const { t } = useTranslation('booking')
  const told = (name: string) => errors.find(({ path }) => path === name)?.message
  return (
    <div className="n-who">
      <TextInput
        size="lg"
        type="email"
        inputMode="email"
        label={t('contact.email')}
        autoComplete="email"
        maxLength={254}
        error={tried && !isEmail(person.email) ? t('contact.email.wrong') : told('email')}
        value={person.email}
        onChange={(event) => onChange({ ...person, email: event.currentTarget.value })}
      />
      <TextInput
        size="lg"
        type="tel"
        inputMode="tel"
        label={t('contact.phone')}
        autoComplete="tel"
        maxLength={40}
        error={tried && !isPhone(person.phone) ? t('contact.phone.wrong') : told('phone')}
        value={person.phone}
        onChange={(event) => onChange({ ...person, phone: event.currentTarget.value })}
      />
      <p className="n-who__hint">{t('contact.hint')}</p>
    </div>
  )
}
