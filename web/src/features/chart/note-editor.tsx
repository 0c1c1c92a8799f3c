import { Button, Modal } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useBlocker } from '@tanstack/react-router'
import { IconAlertTriangle, IconPlus, IconWritingSign } from '@tabler/icons-react'
import { useMemo, useRef, useState } from 'react'
import { Problem } from '../../api.ts'
import { api, data } from '../../client'
import { useLocation } from '../../place.ts'
import { useAutosave } from '../../ui/autosave.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatTime } from '../../ui/format.ts'
import { InjectionMap } from '../../ui/injection-map.tsx'
import { SaveNote } from '../../ui/save-note.tsx'
import { todayIn } from '../../ui/zoned-day.ts'
import { chartKey, noteKey, type Note, type NoteContent, type Product } from './chart-queries.ts'
import { useDraftSaving, type DraftSaving } from './draft-saving.ts'
import { expiredLots, injectionOf, pointOf, syringesOf, type LastUsed } from './injections.ts'
import { LotDialog } from './lot-dialog.tsx'
import { NoteWords } from './note-words.tsx'

interface NoteEditorProps {
  patientId: string
  note: Note
  products: readonly Product[]
}

/** A draft: saved by itself on the server, so that it survives a lock, a reload and a lost network. Signing locks it. */
export function NoteEditor({ patientId, note, products }: NoteEditorProps) {
  const [content, setContent] = useState<NoteContent>({ body: note.body, injections: note.injections })
  const saving = useDraftSaving({ patientId, noteId: note.id, revision: note.revision })
  const stored = useRef(content)
  const { state, flush } = useAutosave({
    value: content,
    save: async (sent) => {
      await saving.save(sent)
      stored.current = sent
    },
  })
  useBlocker({
    enableBeforeUnload: false,
    shouldBlockFn: async () => {
      await flush()
      return (
        stored.current !== content &&
        !window.confirm('The last words of this draft could not be saved. Leave and lose them?')
      )
    },
  })
  const { timeZone } = useLocation()
  return (
    <section className="n-editor" aria-label="Treatment note">
      <header className="n-editor__head">
        <h2>Treatment note</h2>
        <SaveNote state={saving.conflict ? 'idle' : state} />
        {state === 'idle' && (
          <span className="n-editor__saved">
            Saved by itself as you write. Last at {formatTime(note.savedAt, { timeZone })}.
          </span>
        )}
        <Signing patientId={patientId} noteId={note.id} content={content} saving={saving} flush={flush} />
      </header>
      {saving.conflict && <Conflict onKeepMine={() => void saving.keepMine().then(flush)} />}
      <NoteWords body={content.body} onBodyChange={(body) => setContent((before) => ({ ...before, body }))} />
      <Injections
        content={content}
        products={products}
        onChange={(injections) => setContent((before) => ({ ...before, injections }))}
      />
    </section>
  )
}

function Conflict({ onKeepMine }: { onKeepMine: () => void }) {
  return (
    <section className="n-notice n-notice--refusal" role="alert">
      <span className="n-notice__sign">
        <IconAlertTriangle size={20} stroke={1.75} aria-hidden />
      </span>
      <div className="n-notice__body">
        <p className="n-notice__title">This draft was changed in another window.</p>
        <p>What you see here is not saved. Take what the other window saved, or write over it with this.</p>
        <div className="n-notice__actions">
          <Button onClick={() => window.location.reload()}>Take the other</Button>
          <Button variant="default" onClick={onKeepMine}>
            Keep this one
          </Button>
        </div>
      </div>
    </section>
  )
}

interface InjectionsProps {
  content: NoteContent
  products: readonly Product[]
  onChange: (injections: NoteContent['injections']) => void
}

function Injections({ content: { injections }, products, onChange }: InjectionsProps) {
  const { timeZone } = useLocation()
  const [isAdding, setAdding] = useState(false)
  const [added, setAdded] = useState<LastUsed>()
  // Kept while points are placed: the map remembers product, dose and lot of the last one by itself.
  const [first] = useState(injections.at(-1))
  const today = todayIn(timeZone)
  const syringes = useMemo(
    () => syringesOf(products, { lastUsed: added ?? first, today }),
    [products, added, first, today],
  )
  const shelf = products.map(({ lots }) => lots.map(({ id }) => id).join()).join('|')
  const expired = expiredLots(injections, today)
  return (
    <section className="n-editor__map" aria-label="Injections">
      <div className="n-editor__map-head">
        <h3>Injections</h3>
        <Button variant="subtle" leftSection={<IconPlus size={18} stroke={1.75} />} onClick={() => setAdding(true)}>
          New lot
        </Button>
      </div>
      {expired.length > 0 && (
        <p className="n-editor__expired" role="alert">
          <IconAlertTriangle size={18} stroke={1.75} aria-hidden /> Expired: {expired.join('; ')}. Check the box.
        </p>
      )}
      <InjectionMap
        key={`${shelf} ${added?.product} ${added?.lot}`}
        mode="edit"
        points={injections.map(pointOf)}
        products={syringes}
        onPointsChange={(points) => onChange(points.map(injectionOf(products, injections)))}
      />
      <LotDialog
        opened={isAdding}
        onClose={() => setAdding(false)}
        products={products}
        product={syringes[0]?.name}
        onAdded={(lot) => {
          setAdded(lot)
          setAdding(false)
        }}
      />
    </section>
  )
}

interface SigningProps {
  patientId: string
  noteId: string
  content: NoteContent
  saving: DraftSaving
  flush: () => Promise<void>
}

function Signing({ patientId, noteId, content, saving, flush }: SigningProps) {
  const [isAsking, setAsking] = useState(false)
  const queries = useQueryClient()
  const path = { patientId, noteId }
  const sign = useMutation({
    mutationFn: async () => {
      await flush()
      const stored = await saving.save(content).then(() => saving.revision())
      return data(
        api.POST('/api/patients/{patientId}/notes/{noteId}/sign', { params: { path }, body: { revision: stored } }),
      )
    },
    onSuccess: async () => {
      setAsking(false)
      await Promise.all([
        queries.invalidateQueries({ queryKey: noteKey(patientId, noteId) }),
        queries.invalidateQueries({ queryKey: chartKey(patientId) }),
      ])
    },
  })
  const lacks = sign.error instanceof Problem && sign.error.status === 422 ? sign.error.errors : []
  return (
    <>
      <Button
        leftSection={<IconWritingSign size={18} stroke={1.75} />}
        disabled={saving.conflict}
        onClick={() => setAsking(true)}
      >
        Sign
      </Button>
      <Modal
        opened={isAsking}
        onClose={() => setAsking(false)}
        title="Sign this note?"
        onExitTransitionEnd={() => sign.reset()}
      >
        <div className="n-signing">
          <p>With your signature the note is locked, for you too. Later changes are addenda with your name and time.</p>
          <Summary content={content} />
          {lacks.length > 0 && (
            <ul className="n-signing__lacks" role="alert">
              {lacks.map(({ path: field, message }) => (
                <li key={field}>{message}</li>
              ))}
            </ul>
          )}
          {sign.error && lacks.length === 0 && <ErrorNotice error={sign.error} />}
          <div className="n-signing__actions">
            <Button variant="default" onClick={() => setAsking(false)}>
              Go on writing
            </Button>
            <Button loading={sign.isPending} onClick={() => sign.mutate()}>
              Sign and lock
            </Button>
          </div>
        </div>
      </Modal>
    </>
  )
}

/** What will be signed, in one line for each product and lot. */
function Summary({ content: { injections } }: { content: NoteContent }) {
  const sums = new Map<string, { hundredths: number; unit: string }>()
  for (const { product, lot, unit, units } of injections) {
    const key = `${product}${lot ? `, lot ${lot}` : ', no lot'}`
    sums.set(key, { unit, hundredths: (sums.get(key)?.hundredths ?? 0) + Math.round(units * 100) })
  }
  if (sums.size === 0) return <p className="n-signing__sums">No injections.</p>
  return (
    <dl className="n-signing__sums">
      {[...sums].map(([key, { hundredths, unit }]) => (
        <div key={key}>
          <dt>{key}</dt>
          <dd className="n-figures">
            {hundredths / 100} {unit}
          </dd>
        </div>
      ))}
    </dl>
  )
}
