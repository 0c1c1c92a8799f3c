import { Button, Code, FileInput, Select, TagsInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, data } from '../../client.ts'
import { useGo } from '../../place.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { devicesKey, sourcesKey } from './device-queries.ts'

const FACTS = [
  { fact: 'disk-encryption', label: 'Disk encryption', guess: /encrypt|filevault|bitlocker/i, good: ['Enabled', 'Encrypted', 'On', 'True', 'Yes'], bad: ['Disabled', 'Not encrypted', 'Off', 'False', 'No'] },
  { fact: 'screen-lock', label: 'Screen lock', guess: /passcode|screen ?lock|password/i, good: ['Enabled', 'On', 'True', 'Yes'], bad: ['Disabled', 'Off', 'False', 'No'] },
  { fact: 'protection', label: 'Protection against malware', guess: /edr|antivirus|agent|protection|sensor/i, good: ['Online', 'Running', 'Active', 'Healthy', 'True'], bad: ['Offline', 'Stopped', 'Inactive', 'False'] },
  { fact: 'jailbreak', label: 'Not jailbroken', guess: /jail|root/i, good: ['No', 'False', 'Not detected'], bad: ['Yes', 'True', 'Detected'] },
  { fact: 'os-version', label: 'Operating system', guess: /\bos\b|operating|version/i, good: [], bad: [] },
] as const
type Fact = (typeof FACTS)[number]['fact']
interface Chosen {
  column: string
  good: string[]
  bad: string[]
}

/** A list from a console: its columns are mapped to facts, what it would say is shown, then it is taken. The same mapping serves a webhook. */
export function ImportList() {
  const queries = useQueryClient()
  const go = useGo()
  const [csv, setCsv] = useState('')
  const [serial, setSerial] = useState('')
  const [chosen, setChosen] = useState<Partial<Record<Fact, Chosen>>>({})
  const mapping = { serial, facts: FACTS.flatMap(({ fact }) => (chosen[fact]?.column ? [{ fact, ...chosen[fact] }] : [])) }
  const look = useMutation({ mutationFn: (text: string) => data(api.POST('/api/device-import/preview', { body: { csv: text } })) })
  const preview = useMutation({ mutationFn: () => data(api.POST('/api/device-import/preview', { body: { csv, mapping } })) })
  const take = useMutation({
    mutationFn: () => data(api.POST('/api/device-import', { body: { csv, mapping } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: devicesKey }),
  })
  const hook = useMutation({
    mutationFn: () => data(api.POST('/api/device-sources', { body: { kind: 'webhook', name: 'Management console', mapping } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: sourcesKey }),
  })
  const open = async (file: File | null) => {
    const text = file ? await file.text() : ''
    setCsv(text)
    preview.reset()
    take.reset()
    if (text === '') return
    const { columns } = await look.mutateAsync(text)
    const named = (pattern: RegExp) => columns.find(({ name }) => pattern.test(name))?.name ?? ''
    setSerial(named(/serial/i))
    setChosen(Object.fromEntries(FACTS.map(({ fact, guess, good, bad }) => [fact, { column: named(guess), good: [...good], bad: [...bad] }])))
  }
  const columns = look.data?.columns.map(({ name }) => name) ?? []
  const change = (fact: Fact, patch: Partial<Chosen>) => {
    const before = chosen[fact] ?? { column: '', good: [], bad: [] }
    setChosen({ ...chosen, [fact]: { ...before, ...patch } })
    preview.reset()
  }
  return (
    <section className="n-panel n-enrol" aria-labelledby="import">
      <h2 id="import">A list from a console</h2>
      <p className="n-detail__hint">EDR and device management consoles export their devices as CSV. Only serial numbers that the register knows are taken; a word that you do not map here stays unknown.</p>
      <FileInput label="CSV file" accept=".csv,text/csv" placeholder="Choose a file" onChange={(file) => void open(file)} />
      {look.error && <ErrorNotice error={look.error} />}
      {columns.length > 0 && (
        <div className="n-mapping">
          <Select label="Column of the serial number" data={columns} value={serial || null} onChange={(value) => setSerial(value ?? '')} />
          {FACTS.map(({ fact, label, good }) => (
            <fieldset key={fact}>
              <legend>{label}</legend>
              <Select label="Column" placeholder="None" clearable data={columns} value={chosen[fact]?.column || null} onChange={(column) => change(fact, { column: column ?? '' })} />
              {good.length > 0 && chosen[fact]?.column && (
                <>
                  <TagsInput label="Good are" value={chosen[fact].good} onChange={(words) => change(fact, { good: words })} data={look.data?.columns.find(({ name }) => name === chosen[fact]?.column)?.values ?? []} />
                  <TagsInput label="Bad are" value={chosen[fact].bad} onChange={(words) => change(fact, { bad: words })} data={look.data?.columns.find(({ name }) => name === chosen[fact]?.column)?.values ?? []} />
                </>
              )}
            </fieldset>
          ))}
          {preview.error && <ErrorNotice error={preview.error} />}
          <div className="n-detail__buttons">
            <Button variant="default" disabled={serial === '' || mapping.facts.length === 0} loading={preview.isPending} onClick={() => preview.mutate()}>Show what it would say</Button>
            <Button disabled={!preview.data || preview.data.matched === 0} loading={take.isPending} onClick={() => take.mutate()}>Take it over</Button>
            <Button variant="subtle" disabled={serial === '' || mapping.facts.length === 0} loading={hook.isPending} onClick={() => hook.mutate()}>Make a webhook with this mapping</Button>
          </div>
        </div>
      )}
      {preview.data && (
        <div role="status">
          <p>{preview.data.matched} of {preview.data.total} lines are devices of the register.</p>
          <ul className="n-mapping__lines">
            {preview.data.lines.map((line) => (
              <li key={line.serial}><strong>{line.device ?? line.serial}</strong> {line.device ? line.facts.map(({ name, value }) => `${name} ${value}`).join(', ') || 'nothing that is mapped' : 'not in the register'}</li>
            ))}
          </ul>
        </div>
      )}
      {take.error && <ErrorNotice error={take.error} />}
      {take.data && <p role="status"><strong>Taken over: {take.data.matched} of {take.data.lines} lines.</strong></p>}
      {hook.error && <ErrorNotice error={hook.error} onFix={go} />}
      {hook.data && (
        <>
          <p><strong>The secret is shown this once.</strong> The console sends JSON, <code>{'{"devices": [{column: value}]}'}</code>, with <code>nacre-timestamp</code> (seconds) and <code>nacre-signature: v1=</code> hex HMAC-SHA256 of <code>timestamp.body</code>.</p>
          <Code block>{`POST ${window.location.origin}/api/device-reports/${hook.data.id}\n${hook.data.secret}`}</Code>
        </>
      )}
    </section>
  )
}
