import { Button, Textarea } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { api, data } from '../../client'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { useUrlState } from '../../url-state.ts'

/** Where the button of a role's refusal leads: says to the owner what is needed and why. */
export function AccessPage() {
  const [{ action = '' }] = useUrlState()
  const [reason, setReason] = useState('')
  const ask = useMutation({ mutationFn: () => data(api.POST('/api/access-requests', { body: { action, reason } })) })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    ask.mutate()
  }
  if (ask.isSuccess)
    return <EmptyState icon={IconCircleCheck} title="The owner will see it" hint="It stands on the team page until it is decided. Nothing has been opened meanwhile." action={{ label: 'Back to the start', href: '/' }} />
  return (
    <form onSubmit={submit} style={{ display: 'grid', gap: 16, maxInlineSize: 560 }}>
      <PageHeader title="Ask for access" subtitle="A role opens what a job needs, and no more. If yours needs more, say what for." />
      {ask.isError && <ErrorNotice error={ask.error} />}
      <Textarea label="What do you need it for?" description="No names or details of patients, please" required autosize minRows={3} maxLength={500} size="md" value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
      <div>
        <Button type="submit" size="md" loading={ask.isPending}>
          Ask the owner
        </Button>
      </div>
    </form>
  )
}
