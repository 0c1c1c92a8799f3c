import { SegmentedControl } from '@mantine/core'
import { PageHeader } from '../../ui/page-header.tsx'
import { useUrlState } from '../../url-state.ts'
import { Carriers } from './carriers.tsx'
import { Messages } from './messages.tsx'
import './outbox.css'

/** What leaves the practice, by whom it is carried, and under which agreement. */
export function OutboxPage() {
  const [url, setUrl] = useUrlState()
  const show = url.show === 'carriers' ? 'carriers' : 'messages'
  return (
    <div className="n-outbox">
      <PageHeader
        title="Outbox"
        subtitle="What leaves the practice, and who carries it"
        actions={
          <SegmentedControl
            aria-label="Show"
            data={[
              { value: 'messages', label: 'Messages' },
              { value: 'carriers', label: 'Carriers and agreements' },
            ]}
            value={show}
            onChange={(value) => setUrl(value === 'carriers' ? { show: 'carriers' } : {})}
          />
        }
      />
      {show === 'carriers' ? <Carriers /> : <Messages />}
    </div>
  )
}
