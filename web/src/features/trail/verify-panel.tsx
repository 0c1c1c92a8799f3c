import { Button, Code, Collapse, Loader } from '@mantine/core'
import { IconAlertTriangle, IconShieldCheck, IconShieldQuestion, IconTerminal2 } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, data } from '../../client.ts'
import type { operations } from '../../api.gen'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { formatDateTime } from '../../ui/format.ts'

type Check = operations['trail.checks']['responses'][200]['content']['application/json'][number]

const askAgainMs = 1000
const checksKey = ['trail', 'checks'] as const
const count = new Intl.NumberFormat('en-US')

/** Has the whole sealed trail verified by the server, says what was found, and how to do the same without the server. */
export function VerifyPanel({ timeZone }: { timeZone: string }) {
  const queries = useQueryClient()
  const [isShown, setShown] = useState(false)
  const checks = useQuery({
    queryKey: checksKey,
    // Waiting for a check is no activity of a person.
    queryFn: () => data(api.GET('/api/trail/checks', { headers: { 'Nacre-Background': '1' } })),
    refetchInterval: ({ state }) => (state.data?.[0]?.state === 'running' ? askAgainMs : false),
  })
  const start = useMutation({
    mutationFn: () => data(api.POST('/api/trail/verify')),
    onSuccess: () => queries.invalidateQueries({ queryKey: checksKey }),
  })
  const [last, ...earlier] = checks.data ?? []
  const isRunning = start.isPending || last?.state === 'running'
  const ended = last?.state === 'running' ? earlier.find(({ state }) => state !== 'running') : last
  return (
    <section className="n-verify n-panel" aria-labelledby="verify">
      <h2 id="verify" className="n-hidden">Verification</h2>
      <div className="n-verify__row">
        <div role="status" className="n-verify__said">
          {isRunning ? <Running since={last?.requestedAt} timeZone={timeZone} /> : ended ? <Found check={ended} timeZone={timeZone} /> : checks.data && <Never />}
        </div>
        <div className="n-verify__actions">
          <Button variant="default" leftSection={<IconTerminal2 size={18} stroke={1.75} aria-hidden />} aria-expanded={isShown} onClick={() => setShown(!isShown)}>
            By yourself
          </Button>
          <Button loading={isRunning} onClick={() => start.mutate()}>
            Verify now
          </Button>
        </div>
      </div>
      {(checks.error ?? start.error) && <ErrorNotice error={checks.error ?? start.error} />}
      <Collapse expanded={isShown}>
        <div className="n-verify__self">
          <p>
            The verifier is one file without dependencies. It reads an export on any computer, knows nothing of this server, and must come to the same root. Compare with heads that you
            have kept elsewhere.
          </p>
          <Code block>{'npm run nacre -- trail export ./trail\nnode verify/nacre-verify.mjs ./trail --heads <copy of the published heads>'}</Code>
        </div>
      </Collapse>
    </section>
  )
}

const Never = () => (
  <>
    <IconShieldQuestion size={28} stroke={1.5} aria-hidden />
    <div>
      <strong>Not verified yet</strong>
      <p>A verification reads every event from the first on and compares it with the signed heads.</p>
    </div>
  </>
)

const Running = ({ since, timeZone }: { since: string | undefined; timeZone: string }) => (
  <>
    <Loader size={28} aria-hidden />
    <div>
      <strong>Verifying every event…</strong>
      <p>{since ? `Asked for ${formatDateTime(since, { timeZone })}. ` : ''}You can leave this page; the result stays here.</p>
    </div>
  </>
)

function Found({ check, timeZone }: { check: Check; timeZone: string }) {
  const { events, heads, sealed, root, firstBad, finding, requestedByName, requestedAt } = check
  const when = `${formatDateTime(check.finishedAt ?? requestedAt, { timeZone })}, asked for by ${requestedByName}`
  if (check.state === 'verified')
    return (
      <>
        <IconShieldCheck size={28} stroke={1.5} className="n-verify__good" aria-hidden />
        <div>
          <strong>Verified: {count.format(sealed)} events, unchanged and complete</strong>
          <p>
            {count.format(heads)} signed {heads === 1 ? 'head' : 'heads'} · {when}
          </p>
          <p className="n-verify__root">
            Root <code>{root}</code>
          </p>
        </div>
      </>
    )
  return (
    <>
      <IconAlertTriangle size={28} stroke={1.5} className="n-verify__bad" aria-hidden />
      <div>
        <strong className="n-verify__bad">{firstBad === undefined ? 'NOT VERIFIED' : `NOT VERIFIED at position ${count.format(firstBad)}`}</strong>
        <p>
          {count.format(events)} events, {count.format(sealed)} proven · {when}
        </p>
        <ul>
          {finding.split('\n').slice(0, 5).map((problem) => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
        <p>Somebody with rights on the database has changed the trail. Keep the database and the published heads as they are, and call your security officer.</p>
      </div>
    </>
  )
}
