import { Button, Group, Modal, NativeSelect, Stack, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { Problem } from '../../api.ts'
import { api, data } from '../../client'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { isLanguage } from '../../i18n.ts'
import type { Card } from './patient-page.tsx'

const labels = { givenName: 'First name', familyName: 'Last name', calledName: 'Called', phone: 'Mobile phone', email: 'E-mail' } as const
type Field = keyof typeof labels
const fieldNames: readonly Field[] = ['givenName', 'familyName', 'calledName', 'phone', 'email']

/** Corrects how she is called and reached. Only what was changed is sent. */
export function EditContact({ card, onClose }: { card: Card; onClose: () => void }) {
  const queries = useQueryClient()
  const before: Record<Field, string> = {
    givenName: card.givenName,
    familyName: card.familyName,
    calledName: card.calledName ?? '',
    phone: card.phone ?? '',
    email: card.email ?? '',
  }
  const [fields, setFields] = useState(before)
  const [language, setLanguage] = useState(card.language)
  const save = useMutation({
    mutationFn: () => {
      const changed = Object.fromEntries(fieldNames.filter((name) => fields[name].trim() !== before[name]).map((name) => [name, fields[name].trim()]))
      return data(api.PATCH('/api/patients/{patientId}', { params: { path: { patientId: card.id } }, body: { ...changed, language } }))
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['patient-card', card.id] })
      onClose()
    },
  })
  const told = (path: string) => (save.error instanceof Problem ? save.error.errors.find((e) => e.path === path)?.message : undefined)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  const field = (name: Field) => (
    <TextInput
      key={name}
      label={labels[name]}
      autoComplete="off"
      error={told(name)}
      value={fields[name]}
      onChange={(event) => {
        const { value } = event.currentTarget
        setFields((now) => ({ ...now, [name]: value }))
      }}
    />
  )
  return (
    <Modal opened onClose={onClose} title="Name and contact" size={520}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <Group grow align="flex-start">
            {field('givenName')}
            {field('familyName')}
          </Group>
          {field('calledName')}
          <Group grow align="flex-start">
            {field('phone')}
            {field('email')}
          </Group>
          <NativeSelect
            label="Language"
            value={language}
            onChange={(event) => isLanguage(event.currentTarget.value) && setLanguage(event.currentTarget.value)}
            data={[
              { value: 'en', label: 'English' },
              { value: 'es', label: 'Spanish' },
            ]}
          />
          {save.error && !(save.error instanceof Problem && save.error.errors.length > 0) && <ErrorNotice error={save.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Close
            </Button>
            <Button type="submit" loading={save.isPending}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
