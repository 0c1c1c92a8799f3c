import { ActionIcon, Button, Textarea, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import type { NoteBody } from './chart-queries.ts'

export const noteFields = [
  { name: 'complaint', label: 'Concern', hint: 'What brings the patient, in their words' },
  { name: 'assessment', label: 'Findings', hint: 'What you see, at rest and in motion' },
  { name: 'plan', label: 'Done and planned', hint: 'What was done, what comes next' },
  { name: 'aftercare', label: 'Aftercare', hint: 'What to do and what to watch for, as you said it' },
] as const

interface NoteWordsProps {
  body: NoteBody
  onBodyChange: (body: NoteBody) => void
}

/** The words of a draft. */
export function NoteWords({ body, onBodyChange }: NoteWordsProps) {
  const { sections } = body
  const replace = (at: number, change: Partial<NoteBody['sections'][number]>) =>
    onBodyChange({ ...body, sections: sections.map((section, i) => (i === at ? { ...section, ...change } : section)) })
  return (
    <div className="n-words">
      {noteFields.map(({ name, label, hint }) => (
        <Textarea
          key={name}
          label={label}
          placeholder={hint}
          autosize
          minRows={3}
          maxRows={14}
          maxLength={20_000}
          value={body[name]}
          onChange={(event) => onBodyChange({ ...body, [name]: event.currentTarget.value })}
        />
      ))}
      {sections.map(({ title, text }, at) => (
        <div key={at} className="n-words__section">
          <TextInput
            label="Heading"
            maxLength={120}
            value={title}
            onChange={(event) => replace(at, { title: event.currentTarget.value })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size={44}
            aria-label={`Remove section ${title || at + 1}`}
            onClick={() => onBodyChange({ ...body, sections: sections.filter((_, i) => i !== at) })}
          >
            <IconTrash size={18} stroke={1.6} />
          </ActionIcon>
          <Textarea
            label={title || 'Text'}
            autosize
            minRows={3}
            maxRows={14}
            maxLength={20_000}
            value={text}
            onChange={(event) => replace(at, { text: event.currentTarget.value })}
          />
        </div>
      ))}
      {sections.length < 20 && (
        <Button
          variant="subtle"
          className="n-words__add"
          leftSection={<IconPlus size={18} stroke={1.75} />}
          onClick={() => onBodyChange({ ...body, sections: [...sections, { title: '', text: '' }] })}
        >
          Add a section
        </Button>
      )}
    </div>
  )
}

/** The words of a note that is not being written. Empty fields are left out. */
export function WordsRead({ body }: { body: NoteBody }) {
  const parts = [...noteFields.map(({ name, label }) => ({ title: label, text: body[name] })), ...body.sections].filter(
    ({ text }) => text.trim() !== '',
  )
  return (
    <dl className="n-words-read">
      {parts.map(({ title, text }, at) => (
        <div key={at}>
          <dt>{title || 'Further'}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  )
}
