import { Button, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { IconLock, IconShieldCheck, IconShieldX } from '@tabler/icons-react'
import { useEffect, useState, type FormEvent } from 'react'
import { api, data } from '../../client'
import { useLocation } from '../../place.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatDateTime } from '../../ui/format.ts'
import { InjectionMap } from '../../ui/injection-map.tsx'
import { StatusChip } from '../../ui/status-chip.tsx'
import { chartKey, noteKey, type Note } from './chart-queries.ts'
import { namedProducts, pointOf } from './injections.ts'
import { WordsRead } from './note-words.tsx'

interface NoteSignedProps {
  patientId: string
  note: Note
  /** `beside`: the last visit, read while a new note is written; no addendum there */
  place: 'page' | 'beside'
}

/** A signed note: locked, proven unchanged, with what was added later. */
export function NoteSigned({ patientId, note, place }: NoteSignedProps) {
  const { timeZone } = useLocation()
  return (
    <article className="n-signed" data-place={place}>
      <header className="n-signed__head">
        <p>
          <IconLock size={16} stroke={1.75} aria-hidden /> Signed by <strong>{note.authorName}</strong>
          {note.signedAt && <>, {formatDateTime(note.signedAt, { timeZone })}</>}
        </p>
        {note.intact === true && <StatusChip tone="ok" label="Unchanged since" icon={IconShieldCheck} />}
        {note.intact === false && <StatusChip tone="danger" label="Not what was signed" icon={IconShieldX} />}
      </header>
      <WordsRead body={note.body} />
      {note.injections.length > 0 && (
        <InjectionMap mode="read" points={note.injections.map(pointOf)} products={namedProducts(note.injections)} />
      )}
      {note.addenda.length > 0 && (
        <section className="n-addenda" aria-label="Addenda">
          <h3>Added later</h3>
          <ol>
            {note.addenda.map(({ id, authorName, addedAt, body }) => (
              <li key={id}>
                <p className="n-addenda__who">
                  <strong>{authorName}</strong>, {formatDateTime(addedAt, { timeZone })}
                </p>
                <p className="n-addenda__text">{body}</p>
              </li>
            ))}
          </ol>
        </section>
      )}
      {place === 'page' && <AddendumForm patientId={patientId} noteId={note.id} />}
    </article>
  )
}

function AddendumForm({ patientId, noteId }: { patientId: string; noteId: string }) {
  const [text, setText] = useState('')
  const queries = useQueryClient()
  useEffect(() => {
    if (text === '') return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [text])
  const add = useMutation({
    mutationFn: () =>
      data(
        api.POST('/api/patients/{patientId}/notes/{noteId}/addenda', {
          params: { path: { patientId, noteId } },
          body: { body: text },
        }),
      ),
    onSuccess: async () => {
      setText('')
      await Promise.all([
        queries.invalidateQueries({ queryKey: noteKey(patientId, noteId) }),
        queries.invalidateQueries({ queryKey: chartKey(patientId) }),
      ])
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate()
  }
  return (
    <form className="n-addendum" onSubmit={submit}>
      <Textarea
        label="Addendum"
        description="Signed with your name and this time. It cannot be changed afterwards."
        autosize
        minRows={2}
        maxLength={20_000}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {add.error && <ErrorNotice error={add.error} />}
      <Button type="submit" variant="default" disabled={text.trim() === ''} loading={add.isPending}>
        Add to the note
      </Button>
    </form>
  )
}
