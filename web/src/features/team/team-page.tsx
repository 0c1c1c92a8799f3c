import { Tabs } from '@mantine/core'
import { IconCircleCheck, IconCircleDashed } from '@tabler/icons-react'
import type { ComponentType } from 'react'
import { useSession } from '../../session.tsx'
import { AccessRequests } from '../access/access-requests.tsx'
import { SsoPanel } from '../sso/sso-panel.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { useUrlState } from '../../url-state.ts'
import { ChangesTab } from './changes-tab.tsx'
import { HoursTab } from './hours-tab.tsx'
import { PeopleTab } from './people-tab.tsx'
import { Recoveries } from './recoveries.tsx'
import { RolesTab } from './roles-tab.tsx'
import { ServicesTab } from './services-tab.tsx'
import { useHours, usePeople, useServices } from './team-data.ts'
import { TokensTab } from './tokens-tab.tsx'
import { Waiting } from './waiting.tsx'
import './team.css'

interface TabOf {
  id: string
  label: string
  /** the action that it begins with: whoever may not do it has no such tab */
  needs: string
  page: ComponentType
}
const TABS: readonly TabOf[] = [
  { id: 'people', label: 'People', needs: 'user.list', page: PeopleTab },
  { id: 'roles', label: 'Roles', needs: 'role.list', page: RolesTab },
  { id: 'changes', label: 'Changes', needs: 'role.changes', page: ChangesTab },
  { id: 'services', label: 'Services', needs: 'service.change', page: ServicesTab },
  { id: 'hours', label: 'Working hours', needs: 'hours.change', page: HoursTab },
  { id: 'organisations', label: 'Sign-in', needs: 'sso.list', page: SsoPanel },
  { id: 'tokens', label: 'Tokens', needs: 'token.revoke', page: TokensTab },
]

/** Who works here, what they may do, what they perform, and when. With this a new practice becomes ready to be booked. */
export function TeamPage() {
  const { user } = useSession()
  const [url, setUrl] = useUrlState()
  const tabs = TABS.filter(({ needs }) => user.grants.has(needs))
  const tab = tabs.find(({ id }) => id === url.tab) ?? tabs[0]
  if (!tab || tabs.length === 1)
    return (
      <div className="n-team">
        <PageHeader title="Team" subtitle="Who works here" />
        <PeopleTab />
      </div>
    )
  return (
    <div className="n-team">
      <PageHeader title="Team" subtitle="Who works here, and what each may do" />
      {user.grants.has('service.change') && <Readiness />}
      {user.grants.has('recovery.list') && <Recoveries />}
      {user.grants.has('role.proposals') && <Waiting />}
      {user.grants.has('access.list') && <AccessRequests />}
      <Tabs value={tab.id} onChange={(value) => setUrl(value && value !== 'people' ? { tab: value } : {})} keepMounted={false}>
        <Tabs.List mb="md">
          {tabs.map(({ id, label }) => (
            <Tabs.Tab key={id} value={id}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab.id}>
          <tab.page />
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
    { done: providers.length > 0, text: 'Somebody who treats patients', how: 'Invite a person, and tick “treats patients”.' },
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
