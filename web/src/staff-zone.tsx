import { Navigate, Outlet, useRouterState } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { ProveDialog } from './features/account/prove-dialog.tsx'
import { SignInNotices } from './features/account/sign-in-notices.tsx'
import { PassBanner } from './features/access/pass-banner.tsx'
import { patientIdOf } from './features/access/passes.ts'
import { RefusalHelpFor } from './features/access/refusal-help.tsx'
import { StandingBanner } from './features/access/standing-banner.tsx'
import { DeviceNotice } from './features/devices/device-notice.tsx'
import { useOwnDevice } from './features/devices/device-queries.ts'
import { ReviewsWaiting } from './features/oversight/reviews-waiting.tsx'
import { navigationFor } from './navigation.ts'
import { searchPatients } from './patient-search.ts'
import { LocationContext, useGo } from './place.ts'
import { useSession, useSessionControls } from './session.tsx'
import { AppShell } from './ui/app-shell.tsx'
import { CommandPalette, type PaletteEntry } from './ui/command-palette.tsx'
import { EmptyState } from './ui/empty-state.tsx'
import { ErrorNotice } from './ui/error-notice.tsx'
import { PrivacyProvider, type Privacy } from './ui/privacy.tsx'
import { SkeletonPage } from './ui/skeletons.tsx'

/** Everything behind the sign-in. */
export function StaffZone() {
  const { state, refresh } = useSessionControls()
  if (state.kind === 'loading') return <SkeletonPage />
  if (state.kind === 'failed') return <ErrorNotice error={state.error} onRetry={() => void refresh()} />
  if (state.kind === 'signed-out') return <Navigate to="/sign-in" replace />
  return <StaffFrame />
}

function StaffFrame() {
  const { user, practice } = useSession()
  const { lock, signOut } = useSessionControls()
  const [locationId, setLocationId] = useState(user.locations[0]?.id)
  const [privacy, setPrivacy] = useState<Privacy>('shown')
  const [searching, setSearching] = useState(false)
  const isShared = useOwnDevice().data?.device?.shared === true
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const patientId = patientIdOf(path)
  const go = useGo()
  const nav = useMemo(() => navigationFor(user.grants), [user.grants])
  const pages = nav.map(({ id, label, href, icon }): PaletteEntry => ({ id, label, icon, onPick: () => go(href) }))
  const location = user.locations.find(({ id }) => id === locationId) ?? user.locations[0]
  const actions: PaletteEntry[] = [
    { id: 'account', label: 'Your account', words: 'password passkey authenticator recovery codes sessions devices', onPick: () => go('/account') },
    ...(user.grants.has('patient.find-elsewhere') ? [{ id: 'elsewhere', label: 'Find a patient of another location', words: 'elsewhere reach', onPick: () => go('/elsewhere') }] : []),
    { id: 'standing', label: 'What my access rests on', words: 'training licence sign attestation', onPick: () => go('/standing') },
    { id: 'explain', label: 'Who may do what, and why', words: 'explain access rule', onPick: () => go('/access/explain') },
    { id: 'lock', label: 'Lock this screen', onPick: lock },
    { id: 'private-address', label: 'Your private address', words: 'home street phone', onPick: () => go('/private-address') },
    { id: 'sign-out', label: 'Sign out', words: 'log out leave', onPick: () => void signOut() },
    {
      id: 'privacy',
      label: privacy === 'hidden' ? 'Show names' : 'Hide names',
      words: 'privacy mode',
      onPick: () => setPrivacy(privacy === 'hidden' ? 'shown' : 'hidden'),
    },
  ]
  if (!location) {
    return (
      <EmptyState
        title="You have no location yet"
        hint="An administrator gives you one. Then your calendar and patients appear here."
        action={{ label: 'Sign out', onClick: () => void signOut() }}
      />
    )
  }
  return (
    <PrivacyProvider privacy={privacy}>
      <LocationContext value={location}>
        <AppShell
          nav={nav}
          currentPath={path}
          onNavigate={go}
          practiceName={practice.name}
          locations={user.locations}
          locationId={location.id}
          onLocationChange={setLocationId}
          person={{ name: user.name, role: user.roleTitles.join(', ') }}
          onLock={lock}
          onSwitchPerson={isShared ? lock : () => void signOut()}
          onSignOut={() => void signOut()}
          onAccount={() => go('/account')}
          privacy={privacy}
          onPrivacyChange={setPrivacy}
          onSearch={() => setSearching(true)}
        >
          <SignInNotices />
          <ReviewsWaiting timeZone={location.timeZone} go={go} />
          <DeviceNotice path={path} go={go} />
          <StandingBanner path={path} />
          {patientId && <PassBanner patientId={patientId} />}
          <RefusalHelpFor patientId={patientId}>
            <Outlet />
          </RefusalHelpFor>
        </AppShell>
        <ProveDialog />
        <CommandPalette
          opened={searching}
          onOpenedChange={setSearching}
          searchPatients={(typed, signal) => searchPatients(location.id, typed, signal)}
          onPickPatient={({ id }) => go(`/patients/${encodeURIComponent(id)}`)}
          pages={pages}
          actions={actions}
          timeZone={location.timeZone}
        />
      </LocationContext>
    </PrivacyProvider>
  )
}

/** "/" is the person's next task. */
export function HomePage() {
  const { user } = useSession()
  return <Navigate to={user.home === '/' ? '/calendar' : user.home} replace />
}
