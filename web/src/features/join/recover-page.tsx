import { Button, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { Problem } from '../../api.ts'
import { api, data } from '../../client.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { Wordmark } from '../../ui/wordmark.tsx'
import { useLinkToken } from './link-token.ts'
import { KeepCodes, OwnSecrets, type OwnSecretsEntry } from './own-secrets.tsx'
import '../session/session.css'
import './join.css'

/** For whoever lost what she signs in with: without a link she asks, with one she chooses anew. */
export function RecoverPage() {
  const token = useLinkToken()
  return (
    <main className="n-gate">
      <div className="n-gate__card" data-width={token ? 'wide' : 'narrow'}>
        <Wordmark />
        {token ? <ChooseAnew token={token} /> : <Ask />}
      </div>
    </main>
  )
}

function Ask() {
  const [email, setEmail] = useState('')
  const ask = useMutation({ mutationFn: () => data(api.POST('/api/public/recovery', { body: { email } })) })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    ask.mutate()
  }
  if (ask.isSuccess)
    return (
      <div role="status">
        <h1 className="n-gate__title">Now speak to somebody</h1>
        <p className="n-gate__lead">
          If this address belongs to somebody of the team, the owner and the compliance officer see your request now. See or call one of them: they must know that it is you before they can let you in. Your request stands for a day.
        </p>
      </div>
    )
  return (
    <form className="n-gate__fields" onSubmit={submit}>
      <div>
        <h1 className="n-gate__title">Cannot sign in?</h1>
        <p className="n-gate__lead">A recovery code in place of the authenticator is the quickest way. If you lost those too, a second person has to confirm who you are.</p>
      </div>
      {ask.error && <ErrorNotice error={ask.error} />}
      <TextInput label="E-mail that you sign in with" type="email" autoComplete="username" required size="md" value={email} onChange={(event) => setEmail(event.currentTarget.value)} />
      <Button type="submit" size="md" loading={ask.isPending}>
        Ask for help
      </Button>
      <Button component="a" href="/sign-in" variant="subtle" size="md">
        Back to sign-in
      </Button>
    </form>
  )
}

function ChooseAnew({ token }: { token: string }) {
  const link = useQuery({ queryKey: ['recovery-link'], queryFn: () => data(api.POST('/api/public/recovery/look', { body: { token } })), retry: false, staleTime: Infinity, gcTime: 0 })
  const [code, setCode] = useState('')
  const choose = useMutation({ mutationFn: (entry: OwnSecretsEntry) => data(api.POST('/api/public/recovery/use', { body: { token, code, ...entry } })) })
  if (choose.data) return <KeepCodes codes={choose.data.recoveryCodes} title="Your sign-in is renewed" />
  if (link.error) return <ErrorNotice error={link.error} whatToDo="Ask whoever confirmed you for a new link." />
  if (!link.data) return <SkeletonRows rows={4} label="Loading" />
  const wrong = choose.error instanceof Problem ? choose.error.errors.find(({ path }) => path === 'code')?.message : undefined
  return (
    <>
      <div>
        <h1 className="n-gate__title">Choose how you sign in</h1>
        <p className="n-gate__lead">A new password and a new second factor for {link.data.practice}. Wherever you were signed in before, you are signed out.</p>
      </div>
      <OwnSecrets account="Nacre" practiceName={link.data.practice} error={choose.error} busy={choose.isPending} submitLabel="Renew my sign-in" onSubmit={(entry) => choose.mutate(entry)}>
        {link.data.asksCode && (
          <TextInput label="The six digits you were told" description="By whoever confirmed that it is you" inputMode="numeric" autoComplete="off" required size="md" value={code} error={wrong} onChange={(event) => setCode(event.currentTarget.value)} />
        )}
      </OwnSecrets>
    </>
  )
}
