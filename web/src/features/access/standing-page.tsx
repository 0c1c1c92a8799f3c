import { Button, Modal, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { api, data } from '../../client.ts'
import { useSession } from '../../session.tsx'
import { useGo } from '../../place.ts'
import { useUrlState } from '../../url-state.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { GateList } from './gate-list.tsx'
import { standingKey, useStanding } from './standing-banner.tsx'
import './access.css'

/** What the signed-in person's own access rests on, and what she can do about it at once. */
export function StandingPage() {
  const [{ sign }, setUrl] = useUrlState()
  const go = useGo()
  const gates = useStanding()
  return (
    <div className="n-access">
      <PageHeader title="What your access rests on" subtitle="Training, licence, signatures. What is missing closes what the rule says, and nothing else." />
      {gates.error && <ErrorNotice error={gates.error} onRetry={() => void gates.refetch()} onFix={go} />}
      {gates.isPending && <SkeletonRows rows={4} label="Loading your standing" />}
      {gates.data && <GateList gates={gates.data} onSign={(name) => setUrl({ sign: name })} />}
      <Modal opened={sign !== undefined} onClose={() => setUrl({})} title="Read and sign" size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
        {sign !== undefined && <SignDocument name={sign} onDone={() => setUrl({})} />}
      </Modal>
    </div>
  )
}

function SignDocument({ name, onDone }: { name: string; onDone: () => void }) {
  const { user } = useSession()
  const queries = useQueryClient()
  const [typed, setTyped] = useState('')
  const documents = useQuery({ queryKey: ['attestations'], queryFn: () => data(api.GET('/api/attestations')) })
  const doc = documents.data?.find((d) => d.name === name)
  const sign = useMutation({
    mutationFn: (version: string) => data(api.POST('/api/attestations/{name}', { params: { path: { name } }, body: { version, typed } })),
    onSuccess: async () => {
      await Promise.all([queries.invalidateQueries({ queryKey: standingKey }), queries.invalidateQueries({ queryKey: ['attestations'] })])
      onDone()
    },
  })
  if (documents.error) return <ErrorNotice error={documents.error} onRetry={() => void documents.refetch()} />
  if (!doc) return <SkeletonRows rows={5} label="Loading the text" />
  const submit = (event: FormEvent) => {
    event.preventDefault()
    sign.mutate(doc.version)
  }
  return (
    <form className="n-sign" onSubmit={submit}>
      <h2>{doc.title}</h2>
      <ol>
        {doc.text.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ol>
      {sign.isError && <ErrorNotice error={sign.error} />}
      <TextInput label="Your name, as your signature" description={`Signed in as ${user.name}; version ${doc.version}`} required size="md" autoComplete="off" value={typed} onChange={(event) => setTyped(event.currentTarget.value)} />
      <div>
        <Button type="submit" size="md" loading={sign.isPending} disabled={typed.trim().length < 2}>
          Sign
        </Button>
      </div>
    </form>
  )
}
