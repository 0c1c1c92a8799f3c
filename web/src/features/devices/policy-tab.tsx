import { Button, Checkbox, NumberInput, Radio, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { Problem } from '../../api.ts'
import { api, data } from '../../client.ts'
import { useGo } from '../../place.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { SkeletonPage } from '../../ui/skeletons.tsx'
import { ownDeviceKey, policyKey, usePolicy, type Policy, type Rules } from './device-queries.ts'

const UNENROLLED = [
  { value: 'warn', label: 'Warn', description: 'Everything works; every page says that the device is not enrolled' },
  { value: 'limit', label: 'Limit', description: 'It opens nothing of a patient' },
  { value: 'block', label: 'Block', description: 'It does nothing but ask to be enrolled' },
] as const
const UNKNOWN = [
  { value: 'warn', label: 'Show it', description: 'Records of patients open; the register and the posture page say what is unknown' },
  { value: 'limit', label: 'Limit', description: 'What nobody has reported lately opens nothing of a patient' },
] as const
const ROLE_NAMES = [
  ['owner', 'Owner'], ['compliance-officer', 'Compliance officer'], ['medical-director', 'Medical director'], ['physician', 'Physician'], ['advanced-practitioner', 'Nurse practitioner or physician assistant'],
  ['injector', 'Injector (RN)'], ['provider', 'Provider'], ['esthetician', 'Esthetician'], ['laser-technician', 'Laser technician'], ['front-desk', 'Front desk'], ['biller', 'Biller'], ['marketing', 'Marketing'],
] as const

/** What the practice asks of devices: Nacre's rules by kind, and what the practice asks beyond them. */
export function PolicyTab({ mayChange }: { mayChange: 'yes' | 'no' }) {
  const policy = usePolicy()
  if (policy.isPending) return <SkeletonPage />
  if (policy.isError) return <ErrorNotice error={policy.error} onRetry={() => void policy.refetch()} />
  return (
    <div className="n-devices">
      <ByKind rules={policy.data.rules} policy={policy.data.policy} />
      {mayChange === 'yes' && <PolicyForm known={policy.data.policy} rules={policy.data.rules} />}
    </div>
  )
}

function ByKind({ rules, policy }: { rules: Rules; policy: Policy }) {
  const asked = (kind: string, required: readonly string[], fact: string) => required.includes(fact) || policy.alsoRequired.includes(`${kind}:${fact}`)
  return (
    <section className="n-panel n-kinds" aria-labelledby="kinds">
      <h2 id="kinds">What each kind of device must be</h2>
      <div className="n-kinds__scroll" tabIndex={0} role="region" aria-label="Rules by kind of device">
        <table>
          <thead>
            <tr><th scope="col">Kind</th>{rules.facts.map(({ name, title }) => <th key={name} scope="col">{title}</th>)}</tr>
          </thead>
          <tbody>
            {rules.kinds.map(({ kind, title, required }) => (
              <tr key={kind}>
                <th scope="row">{title}</th>
                {rules.facts.map(({ name }) => <td key={name}>{asked(kind, required, name) ? 'asked' : '–'}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="n-detail__hint">Oldest versions: {rules.oldest.map(({ platform, version }) => `${platform} ${version}`).join(', ')}{policy.oldest.length > 0 && `; here ${policy.oldest.join(', ')}`}.</p>
    </section>
  )
}

function PolicyForm({ known, rules }: { known: Policy; rules: Rules }) {
  const queries = useQueryClient()
  const go = useGo()
  const [entry, setEntry] = useState(known)
  const [oldest, setOldest] = useState(known.oldest.join(', '))
  const save = useMutation({
    mutationFn: () => data(api.PUT('/api/device-policy', { body: { ...entry, oldest: oldest.split(',').map((line) => line.trim()).filter((line) => line !== '') } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: policyKey })
      await queries.invalidateQueries({ queryKey: ownDeviceKey })
    },
  })
  const laxer = save.error instanceof Problem ? save.error.errors.find(({ path }) => path.startsWith('oldest'))?.message : undefined
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  const also = rules.kinds.flatMap(({ kind, title, required }) => rules.facts.filter(({ name }) => !required.includes(name)).map(({ name, title: fact }) => ({ value: `${kind}:${name}`, label: `${title}: ${fact.charAt(0).toLowerCase()}${fact.slice(1)}` })))
  return (
    <form className="n-panel n-enrol" onSubmit={submit}>
      <Radio.Group label="A device that is not enrolled" value={entry.unenrolled} onChange={(value) => setEntry({ ...entry, unenrolled: UNENROLLED.find((u) => u.value === value)?.value ?? 'warn' })}>
        <div className="n-enrol__choices">{UNENROLLED.map((one) => <Radio key={one.value} {...one} />)}</div>
      </Radio.Group>
      <Radio.Group label="A device about which something is unknown" value={entry.unknownPosture} onChange={(value) => setEntry({ ...entry, unknownPosture: UNKNOWN.find((u) => u.value === value)?.value ?? 'warn' })}>
        <div className="n-enrol__choices">{UNKNOWN.map((one) => <Radio key={one.value} {...one} />)}</div>
      </Radio.Group>
      <Checkbox.Group label="Who may open patients’ records on a device of her own" value={entry.personalRoles} onChange={(personalRoles) => setEntry({ ...entry, personalRoles })}>
        <div className="n-enrol__choices n-enrol__choices--many">{ROLE_NAMES.map(([value, label]) => <Checkbox key={value} value={value} label={label} />)}</div>
      </Checkbox.Group>
      <Checkbox.Group label="Asked beyond Nacre’s rules" value={entry.alsoRequired} onChange={(alsoRequired) => setEntry({ ...entry, alsoRequired })}>
        <div className="n-enrol__choices n-enrol__choices--many">{also.map((one) => <Checkbox key={one.value} {...one} />)}</div>
      </Checkbox.Group>
      <TextInput label="Newer versions than Nacre asks" description="Separated by commas, like: macos 15.2, windows 10.0.26100" value={oldest} error={laxer} onChange={(e) => setOldest(e.currentTarget.value)} />
      <NumberInput label="Shared devices lock after" description="Idle minutes, five at most" min={1} max={5} value={entry.sharedIdleMinutes} onChange={(value) => setEntry({ ...entry, sharedIdleMinutes: Math.min(5, Math.max(1, Number(value) || 5)) })} />
      {save.error && !laxer && <ErrorNotice error={save.error} onFix={go} />}
      {save.isSuccess && <p role="status"><strong>Saved.</strong> It holds everywhere within five seconds.</p>}
      <div><Button type="submit" loading={save.isPending}>Save</Button></div>
    </form>
  )
}
