import { Button, Modal, PasswordInput, Radio, Stack, Switch, TagsInput, TextInput } from '@mantine/core'
import { IconBuilding, IconPlus } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { Problem } from '../../api.ts'
import type { operations } from '../../api.gen'
import { api, data } from '../../client.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { SkeletonCard } from '../../ui/skeletons.tsx'
import { StatusChip } from '../../ui/status-chip.tsx'

type Provider = operations['sso.list']['responses'][200]['content']['application/json'][number]

const providersKey = ['sso', 'providers'] as const
const errorAt = (error: unknown, path: string) =>
  error instanceof Problem ? error.errors.find((field) => field.path === path || field.path.startsWith(`${path}.`))?.message : undefined

/** The organisations whose sign-in people of this practice use. Both factors are asked for in any case, by either side. */
export function SsoPanel() {
  const [open, setOpen] = useState<Provider | 'new'>()
  const providers = useQuery({ queryKey: providersKey, queryFn: () => data(api.GET('/api/sso/providers')) })
  if (providers.error) return <ErrorNotice error={providers.error} onRetry={() => void providers.refetch()} />
  if (!providers.data) return <SkeletonCard label="Loading the organisations" />
  return (
    <div className="n-carriers">
      {providers.data.length === 0 ? (
        <EmptyState
          icon={IconBuilding}
          title="People sign in here, with password or passkey"
          hint="A group that has its own sign-in (Microsoft Entra, Google Workspace, Okta, Keycloak …) can use it here by OpenID Connect."
          action={{ label: 'Add an organisation', onClick: () => setOpen('new') }}
        />
      ) : (
        <div>
          <Button variant="default" leftSection={<IconPlus size={18} stroke={1.75} aria-hidden />} onClick={() => setOpen('new')}>
            Add an organisation
          </Button>
        </div>
      )}
      {providers.data.map((provider) => (
        <section key={provider.id} className="n-carrier n-panel">
          <div className="n-carrier__head">
            <h2>{provider.label}</h2>
            <StatusChip tone={provider.active ? 'ok' : 'neutral'} label={provider.active ? 'In use' : 'Switched off'} />
          </div>
          <ul>
            <li>{provider.issuer}</li>
            <li>For addresses of {provider.domains.join(', ')}</li>
            <li>{provider.secondFactor === 'provider' ? 'Second factor: theirs, when their answer proves it; otherwise Nacre’s' : 'Second factor: always Nacre’s'}</li>
          </ul>
          <Button mt="sm" variant="light" onClick={() => setOpen(provider)}>
            Change
          </Button>
        </section>
      ))}
      <Modal
        opened={open !== undefined}
        onClose={() => setOpen(undefined)}
        title={open === 'new' ? 'Add an organisation' : open?.label}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {open && <ProviderForm provider={open === 'new' ? undefined : open} onDone={() => setOpen(undefined)} />}
      </Modal>
    </div>
  )
}

function ProviderForm({ provider, onDone }: { provider: Provider | undefined; onDone: () => void }) {
  const queries = useQueryClient()
  const [entry, setEntry] = useState({ label: provider?.label ?? '', issuer: provider?.issuer ?? 'https://', clientId: provider?.clientId ?? '', clientSecret: '' })
  const [domains, setDomains] = useState<string[]>(provider?.domains ?? [])
  const [acrValues, setAcrValues] = useState<string[]>(provider?.acrValues ?? [])
  const [secondFactor, setSecondFactor] = useState<Provider['secondFactor']>(provider?.secondFactor ?? 'provider')
  const [active, setActive] = useState(provider?.active ?? true)
  const { clientSecret, ...rest } = entry
  const save = useMutation({
    mutationFn: () =>
      data(
        api.PUT('/api/sso/providers', {
          body: { ...rest, domains, acrValues, secondFactor, active, ...(clientSecret ? { clientSecret } : {}), ...(provider ? { id: provider.id } : {}) },
        }),
      ),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['sso'] })
      onDone()
    },
  })
  const bind = (name: keyof typeof entry) => ({
    value: entry[name],
    onChange: (e: { currentTarget: { value: string } }) => {
      const { value } = e.currentTarget
      setEntry((was) => ({ ...was, [name]: value }))
    },
    error: errorAt(save.error, name),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  return (
    <Stack component="form" gap="sm" onSubmit={submit}>
      {save.error && <ErrorNotice error={save.error} />}
      <TextInput label="Name on the button" required {...bind('label')} />
      <TextInput label="Issuer" description="The address before /.well-known/openid-configuration" required {...bind('issuer')} />
      <TextInput label="Client ID" required {...bind('clientId')} />
      <PasswordInput
        label="Client secret"
        description={provider ? 'Leave empty to keep the one that is there' : `Register ${window.location.origin}/api/sso/callback as redirect address there`}
        required={!provider}
        autoComplete="off"
        {...bind('clientSecret')}
      />
      <TagsInput
        label="Domains of its addresses"
        description="Only accounts with a checked address of these domains are matched"
        value={domains}
        onChange={setDomains}
        error={errorAt(save.error, 'domains')}
      />
      <Radio.Group label="Who asks for the second factor" value={secondFactor} onChange={(value) => setSecondFactor(value === 'nacre' ? 'nacre' : 'provider')}>
        <Radio mt="xs" value="provider" label="The organisation, when its answer proves that it did; otherwise Nacre" />
        <Radio mt="xs" value="nacre" label="Always Nacre" />
      </Radio.Group>
      <TagsInput
        label="Its words for two factors (acr)"
        description="Only if it does not say so in amr (RFC 8176)"
        value={acrValues}
        onChange={setAcrValues}
        error={errorAt(save.error, 'acrValues')}
      />
      <Switch label="In use" checked={active} onChange={(e) => setActive(e.currentTarget.checked)} />
      <Button type="submit" loading={save.isPending} disabled={domains.length === 0}>
        Save
      </Button>
    </Stack>
  )
}
