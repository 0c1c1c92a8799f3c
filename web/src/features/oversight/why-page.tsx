import { Button, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useState, type FormEvent } from 'react'
import { api, data } from '../../client.ts'
import { useGo } from '../../place.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import './oversight.css'

const SHORTEST_REASON = 10

/** Where the button of a marked chart's refusal leads: says why, then the chart opens for the day. */
export function WhyPage() {
  const { patientId = '' } = useParams({ strict: false })
  const go = useGo()
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const say = useMutation({
    mutationFn: () => data(api.POST('/api/patients/{patientId}/reasons', { params: { path: { patientId } }, body: { reason } })),
    onSuccess: async () => {
      await queries.invalidateQueries()
      go(`/patients/${patientId}/chart`)
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    say.mutate()
  }
  return (
    <form className="n-oversight__narrow" onSubmit={submit}>
      <PageHeader title="Why do you open this chart?" subtitle="It is marked: eyes are more curious here than elsewhere. Your reason is read by somebody else, and you are asked once a day." />
      {say.error && <ErrorNotice error={say.error} onFix={go} />}
      <Textarea data-autofocus autoFocus label="Your reason" description={`At least ${SHORTEST_REASON} characters`} required autosize minRows={3} maxLength={500} size="md" value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
      <div>
        <Button type="submit" size="md" loading={say.isPending} disabled={reason.trim().length < SHORTEST_REASON}>
          Open the chart
        </Button>
      </div>
    </form>
  )
}
