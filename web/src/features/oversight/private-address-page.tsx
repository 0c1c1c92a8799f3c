import { Button, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import type { operations } from '../../api.gen'
import { api, data } from '../../client.ts'
import { useGo } from '../../place.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { SkeletonCard } from '../../ui/skeletons.tsx'
import { useUrlState } from '../../url-state.ts'
import './oversight.css'

type Home = operations['home.view']['responses'][200]['content']['application/json']

/** Where somebody of the team lives: only compared with the patients whom she opens, shown to nobody but her and the owner. */
export function PrivateAddressPage() {
  const [{ person }] = useUrlState()
  const go = useGo()
  const home = useQuery({
    queryKey: ['home', person],
    gcTime: 0,
    queryFn: () => (person ? data(api.GET('/api/homes/{userId}', { params: { path: { userId: person } } })) : data(api.GET('/api/homes/own'))),
  })
  return (
    <div className="n-oversight__narrow">
      <PageHeader title={person && home.data ? `Private address of ${home.data.name}` : 'Your private address'} subtitle="Only compared with patients who are opened, so that neighbours and family are noticed. Stored encrypted." />
      {home.error && <ErrorNotice error={home.error} onFix={go} />}
      {!home.data && !home.error && <SkeletonCard lines={2} />}
      {home.data && <HomeForm key={home.data.userId} home={home.data} person={person} />}
    </div>
  )
}

function HomeForm({ home, person }: { home: Home; person: string | undefined }) {
  const queries = useQueryClient()
  const [address, setAddress] = useState(home.address ?? '')
  const [phone, setPhone] = useState(home.phone ?? '')
  const body = { address, phone }
  const save = useMutation({
    mutationFn: () => (person ? data(api.PUT('/api/homes/{userId}', { params: { path: { userId: person } }, body })) : data(api.PUT('/api/homes/own', { body }))),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['home'] }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <form className="n-form" onSubmit={submit}>
      {save.error && <ErrorNotice error={save.error} />}
      <TextInput label="Address" autoComplete="street-address" maxLength={300} size="md" value={address} onChange={(event) => setAddress(event.currentTarget.value)} />
      <TextInput label="Private phone" type="tel" autoComplete="tel" maxLength={40} size="md" value={phone} onChange={(event) => setPhone(event.currentTarget.value)} />
      <div className="n-oversight__foot">
        <Button type="submit" size="md" loading={save.isPending}>
          Save
        </Button>
        <span role="status">{save.isSuccess ? 'Saved.' : ''}</span>
      </div>
    </form>
  )
}
