import { Button, Code, Select, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { api, data } from '../../client.ts'
import { useGo } from '../../place.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { SkeletonPage } from '../../ui/skeletons.tsx'
import { sourcesKey, useDevices, useSources, type Sources } from './device-queries.ts'
import { ImportList } from './import-list.tsx'
import { formatRelative } from './when.ts'

/** From where facts about devices come: agents, consoles, lists. */
export function ReportsTab({ mayChange }: { mayChange: 'yes' | 'no' }) {
  const sources = useSources()
  if (sources.isPending) return <SkeletonPage />
  if (sources.isError) return <ErrorNotice error={sources.error} onRetry={() => void sources.refetch()} />
  return (
    <div className="n-devices">
      <Connected sources={sources.data} mayChange={mayChange} />
      {sources.data.nodes.length > 0 && <Agents nodes={sources.data.nodes} mayChange={mayChange} />}
      {mayChange === 'yes' && <ConnectAgents />}
      {mayChange === 'yes' && <ImportList />}
    </div>
  )
}

function Connected({ sources, mayChange }: { sources: Sources; mayChange: 'yes' | 'no' }) {
  const queries = useQueryClient()
  const end = useMutation({
    mutationFn: (sourceId: string) => data(api.DELETE('/api/device-sources/{sourceId}', { params: { path: { sourceId } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: sourcesKey }),
  })
  if (sources.sources.length === 0) return <EmptyState title="Nothing reports yet" hint="Connect osquery agents or a management console, or bring in a list: until then, how devices are kept is unknown." />
  return (
    <section className="n-panel n-sources" aria-labelledby="connected">
      <h2 id="connected">Connected</h2>
      {end.error && <ErrorNotice error={end.error} />}
      <ul>
        {sources.sources.map(({ id, name, kind, lastUsedAt }) => (
          <li key={id}>
            <span><strong>{name}</strong> {kind === 'osquery' ? 'osquery agents' : 'Console, signed webhook'} · {lastUsedAt ? `heard ${formatRelative(lastUsedAt)}` : 'not heard yet'}</span>
            {mayChange === 'yes' && <Button variant="default" size="sm" loading={end.isPending} onClick={() => end.mutate(id)}>Disconnect</Button>}
          </li>
        ))}
      </ul>
    </section>
  )
}

function Agents({ nodes, mayChange }: { nodes: Sources['nodes']; mayChange: 'yes' | 'no' }) {
  const queries = useQueryClient()
  const devices = useDevices()
  const choices = (devices.data ?? []).filter(({ state }) => state === 'enrolled').map(({ id, name }) => ({ value: id, label: name }))
  const link = useMutation({
    mutationFn: ({ nodeId, deviceId }: { nodeId: string; deviceId: string }) => data(api.POST('/api/device-agents/{nodeId}/link', { params: { path: { nodeId } }, body: { deviceId } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: sourcesKey }),
  })
  return (
    <section className="n-panel n-sources" aria-labelledby="agents">
      <h2 id="agents">Agents</h2>
      {link.error && <ErrorNotice error={link.error} />}
      <ul>
        {nodes.map(({ id, host, serial, deviceId, lastSeenAt }) => (
          <li key={id}>
            <span><strong>{host}</strong> {serial ?? 'no serial number'} · seen {formatRelative(lastSeenAt)}</span>
            {mayChange === 'yes' ? (
              <Select aria-label={`Device of the agent on ${host}`} placeholder="Belongs to no device yet" data={choices} value={deviceId ?? null} onChange={(value) => value && link.mutate({ nodeId: id, deviceId: value })} />
            ) : (
              <span>{choices.find(({ value }) => value === deviceId)?.label ?? 'Belongs to no device yet'}</span>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}

const flags = () =>
  [
    `--tls_hostname=${window.location.host}`, '--enroll_secret_path=/etc/osquery/nacre.secret', '--host_identifier=uuid',
    '--enroll_tls_endpoint=/api/osquery/enroll', '--config_plugin=tls', '--config_tls_endpoint=/api/osquery/config', '--logger_plugin=tls', '--logger_tls_endpoint=/api/osquery/log',
    '--disable_distributed=false', '--distributed_plugin=tls', '--distributed_tls_read_endpoint=/api/osquery/distributed/read', '--distributed_tls_write_endpoint=/api/osquery/distributed/write', '--distributed_interval=30',
  ].join('\n')

function ConnectAgents() {
  const queries = useQueryClient()
  const go = useGo()
  const [name, setName] = useState('Our computers')
  const connect = useMutation({
    mutationFn: () => data(api.POST('/api/device-sources', { body: { kind: 'osquery', name } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: sourcesKey }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    connect.mutate()
  }
  return (
    <section className="n-panel n-enrol" aria-labelledby="connect">
      <h2 id="connect">Connect osquery agents</h2>
      <p className="n-detail__hint">osquery is free and runs on Windows, macOS and Linux. It asks the computer the standard questions of Nacre’s rules, and nothing about people.</p>
      {connect.error && <ErrorNotice error={connect.error} onFix={go} />}
      {connect.data ? (
        <>
          <p><strong>The enrolment secret is shown this once.</strong> It goes into the file that the flags below name; agents find their device by its serial number.</p>
          <Code block>{connect.data.secret}</Code>
          <Code block>{flags()}</Code>
        </>
      ) : (
        <form className="n-detail__row" onSubmit={submit}>
          <TextInput label="What they are called here" value={name} required minLength={2} maxLength={80} onChange={(e) => setName(e.currentTarget.value)} />
          <Button type="submit" variant="default" loading={connect.isPending}>Make an enrolment secret</Button>
        </form>
      )}
    </section>
  )
}
