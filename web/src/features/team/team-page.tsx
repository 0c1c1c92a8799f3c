import { Tabs } from '@mantine/core'
import { IconCircleCheck, IconCircleDashed } from '@tabler/icons-react'
import { useSession } from '../../session.tsx'
import { AccessRequests } from '../access/access-requests.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { useUrlState } from '../../url-state.ts'
import { HoursTab } from './hours-tab.tsx'
import { PeopleTab } from './people-tab.tsx'
import { ServicesTab } from './services-tab.tsx'
import { useHours, usePeople, useServices } from './team-data.ts'
import './team.css'

const TABS = ['people', 'services', 'hours'] as const

/** Who works here, what they perform, and when. With this a new practice becomes ready to be booked. */
export function TeamPage() {
  const { user } = useSession()
  const [url, setUrl] = useUrlState()
  const tab = TABS.find((name) => name === url.tab) ?? 'people'
  const isOwner = user.grants.has('user.create')
  if (!isOwner)
    return (
      <div className="n-team">
        <PageHeader title="Team" subtitle="Who works here" />
        <PeopleTab may="look" />
      </div>
    )
  return (
    <div className="n-team">
      <PageHeader title="Team" subtitle="Who works here, what they perform, and when" />
      <Readiness />
      <AccessRequests />
      <Tabs value={tab} onChange={(value) => setUrl(value && value !== 'people' ? { tab: value } : {})} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="people">People</Tabs.Tab>
          <Tabs.Tab value="services">Services</Tabs.Tab>
          <Tabs.Tab value="hours">Working hours</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="people">
          <PeopleTab may="change" />
        </Tabs.Panel>
        <Tabs.Panel value="services">
          <ServicesTab />
        </Tabs.Panel>
        <Tabs.Panel value="hours">
          <HoursTab />
        </Tabs.Panel>
      </Tabs>
    </div>
  )
}

/** What is still missing before anybody can book; nothing, once all of it is there. */
function Readiness() {
  const [people, services, hours] = [usePeople().data, useServices().data, useHours().data]
  if (!people || !services || !hours) return null
  const providers = people.filter(({ isProvider }) => isProvider)
  const steps = [
    { done: providers.length > 0, text: 'Somebody who treats patients', how: 'Add a person, and tick “treats patients”.' },
    { done: services.some(({ providerIds, onlineBooking }) => onlineBooking && providerIds.length > 0), text: 'A service that can be booked online, with who performs it', how: 'Add it under Services.' },
    { done: providers.some(({ id }) => hours.some(({ userId }) => userId === id)), text: 'Working hours', how: 'Set them under Working hours.' },
  ]
  if (steps.every(({ done }) => done)) return null
  return (
    <section className="n-team__ready n-panel" aria-labelledby="ready">
      <h2 id="ready">Before patients can book</h2>
      <ul>
        {steps.map(({ done, text, how }) => (
          <li key={text}>
            {done ? <IconCircleCheck size={20} stroke={1.75} color="var(--n-ok)" aria-label="Done:" /> : <IconCircleDashed size={20} stroke={1.75} color="var(--n-warn)" aria-label="To do:" />}
            <span>
              {text}. {!done && how}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
