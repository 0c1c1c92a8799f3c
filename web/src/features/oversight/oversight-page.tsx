import { Tabs } from '@mantine/core'
import { PageHeader } from '../../ui/page-header.tsx'
import { useUrlState } from '../../url-state.ts'
import { AccessReviews } from './access-reviews.tsx'
import { MarkedPatients } from './marked-patients.tsx'
import { SuspicionQueue } from './suspicion-queue.tsx'
import './oversight.css'

const TABS = ['queue', 'judged', 'marked', 'access'] as const

/** What somebody other than the person concerned looks at: openings without cause, and who has access to what. */
export function OversightPage() {
  const [url, setUrl] = useUrlState()
  const tab = TABS.find((name) => name === url.show) ?? 'queue'
  return (
    <div className="n-oversight">
      <PageHeader title="Oversight" subtitle="Who looked at whom without visible cause, and who has access to what" />
      <Tabs value={tab} onChange={(value) => setUrl(value && value !== 'queue' ? { show: value } : {})} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="queue">To look at</Tabs.Tab>
          <Tabs.Tab value="judged">Judged</Tabs.Tab>
          <Tabs.Tab value="marked">Marked patients</Tabs.Tab>
          <Tabs.Tab value="access">Access reviews</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="queue">
          <SuspicionQueue state="open" />
        </Tabs.Panel>
        <Tabs.Panel value="judged">
          <SuspicionQueue state="closed" />
        </Tabs.Panel>
        <Tabs.Panel value="marked">
          <MarkedPatients />
        </Tabs.Panel>
        <Tabs.Panel value="access">
          <AccessReviews />
        </Tabs.Panel>
      </Tabs>
    </div>
  )
}
