import { Button, Group, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useId, useState, type FormEvent } from 'react'
import { Problem } from '../../api.ts'
import { api, data } from '../../client'
import { useLocation } from '../../place.ts'
import type { PalettePatient } from '../../ui/command-palette.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatName } from '../../ui/format.ts'
import { DatePartsInput } from '../../ui/question-field.tsx'

export interface NewPatientFormProps {
  /** what was typed into the search */
  typed: string
  onCreated: (patient: PalettePatient) => void
  onCancel: () => void
}

const isName = (text: string) => /^[\p{L}\p{M}'’. -]+$/u.test(text)
const namesFrom = (typed: string) => {
  const words = isName(typed) ? typed.trim().split(/\s+/) : []
  return { givenName: words.length > 1 ? words.slice(0, -1).join(' ') : '', familyName: words.at(-1) ?? '' }
}

/** Somebody new at the desk: who she is and how to reach her, nothing about health. */
export function NewPatientForm({ typed, onCreated, onCancel }: NewPatientFormProps) {
  const { id: locationId } = useLocation()
  const [fields, setFields] = useState({ ...namesFrom(typed), phone: '', email: '' })
  const [birthDate, setBirthDate] = useState<string>()
  const [tried, setTried] = useState(false)
  const birthId = useId()
  const create = useMutation({
    mutationFn: (born: string) => {
      const { givenName, familyName, phone, email } = fields
      const contact = { ...(phone.trim() && { phone: phone.trim() }), ...(email.trim() && { email: email.trim() }) }
      return data(api.POST('/api/patients', { body: { givenName, familyName, birthDate: born, locationId, language: 'en', ...contact } }))
    },
    onSuccess: ({ id, givenName, familyName, birthDate: born }) =>
      onCreated({ id, name: formatName({ given: givenName, family: familyName }), birthDate: born }),
  })
  const told = (path: string) => (create.error instanceof Problem ? create.error.errors.find((e) => e.path === path)?.message : undefined)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    event.stopPropagation()
    setTried(true)
    if (fields.givenName.trim() && fields.familyName.trim() && birthDate) create.mutate(birthDate)
  }
  const field = (name: keyof typeof fields, label: string, required: 'required' | 'optional') => (
    <TextInput
      label={label}
      autoComplete="off"
      required={required === 'required'}
      error={tried && required === 'required' && fields[name].trim() === '' ? 'Needed' : told(name)}
      value={fields[name]}
      onChange={(event) => {
        const { value } = event.currentTarget
        setFields((before) => ({ ...before, [name]: value }))
      }}
    />
  )
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <Group grow align="flex-start">
          {field('givenName', 'First name', 'required')}
          {field('familyName', 'Last name', 'required')}
        </Group>
        <div>
          <span id={birthId} className="mantine-InputWrapper-label">
            Birth date
          </span>
          <DatePartsInput labelledBy={birthId} value={birthDate} onChange={setBirthDate} language="en" />
          {tried && !birthDate && (
            <p className="n-question__error" role="alert">
              Needed: two identifiers keep records apart.
            </p>
          )}
        </div>
        <Group grow align="flex-start">
          {field('phone', 'Mobile phone', 'optional')}
          {field('email', 'E-mail', 'optional')}
        </Group>
        {create.error && <ErrorNotice error={create.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            Back
          </Button>
          <Button type="submit" loading={create.isPending}>
            Add patient
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
