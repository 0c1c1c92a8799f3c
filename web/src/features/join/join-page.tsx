import { useMutation, useQuery } from '@tanstack/react-query'
import { api, data } from '../../client.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { SkeletonRows } from '../../ui/skeletons.tsx'
import { Wordmark } from '../../ui/wordmark.tsx'
import { useLinkToken } from './link-token.ts'
import { KeepCodes, OwnSecrets, type OwnSecretsEntry } from './own-secrets.tsx'
import '../session/session.css'
import './join.css'

/** Where an invitation leads. Whoever opens it chooses what she signs in with. */
export function JoinPage() {
  const token = useLinkToken()
  const invited = useQuery({ queryKey: ['join'], queryFn: () => data(api.POST('/api/public/join/look', { body: { token } })), retry: false, enabled: token !== '', staleTime: Infinity, gcTime: 0 })
  const join = useMutation({ mutationFn: (entry: OwnSecretsEntry) => data(api.POST('/api/public/join', { body: { token, ...entry } })) })
  return (
    <main className="n-gate">
      <div className="n-gate__card" data-width="wide">
        <Wordmark />
        {token === '' && <NoLink />}
        {invited.isLoading && <SkeletonRows rows={4} label="Loading the invitation" />}
        {invited.error && <ErrorNotice error={invited.error} whatToDo="Ask whoever invited you for a new link." />}
        {join.data && <KeepCodes codes={join.data.recoveryCodes} title="You are on the team" />}
        {invited.data && !join.data && (
          <>
            <div>
              <h1 className="n-gate__title">Welcome, {invited.data.name}</h1>
              <p className="n-gate__lead">
                {invited.data.practice} invites you as {invited.data.roleTitles.join(', ').toLowerCase()}. Choose what you sign in with: nobody else, not even your administrator, sees it. You sign in as {invited.data.email}.
              </p>
            </div>
            <OwnSecrets account={invited.data.email} practiceName={invited.data.practice} error={join.error} busy={join.isPending} submitLabel="Join the team" onSubmit={(entry) => join.mutate(entry)} />
          </>
        )}
      </div>
    </main>
  )
}

function NoLink() {
  return (
    <div>
      <h1 className="n-gate__title">Open your invitation</h1>
      <p className="n-gate__lead">Use the link from your message, or scan the code that your administrator shows you. It works once.</p>
    </div>
  )
}
