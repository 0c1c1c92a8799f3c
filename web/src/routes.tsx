import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  useMatches,
  useRouter,
  type ErrorComponentProps,
} from '@tanstack/react-router'
import { IconMapSearch } from '@tabler/icons-react'
import { useEffect } from 'react'
import { parseMeSearch } from './features/me/me-search.ts'
import { parseVisitSearch } from './features/visit/visit-search.ts'
import { SessionProvider } from './session.tsx'
import { EmptyState } from './ui/empty-state.tsx'
import { ErrorNotice } from './ui/error-notice.tsx'
import { SkeletonPage } from './ui/skeletons.tsx'

/**
 * Every URL of the app. Three zones: public (book, a patient's own visit link, set-up), sign-in, and staff behind the
 * session. Pages load when they are opened. A title names the page, never a person.
 */

declare module '@tanstack/react-router' {
  interface StaticDataRouteOption {
    /** of the browser tab */
    title?: string
  }
}

function usePageTitle(): void {
  const title = useMatches({ select: (matches) => matches.map(({ staticData }) => staticData.title).findLast(Boolean) })
  useEffect(() => {
    document.title = title ? `${title} · Nacre` : 'Nacre'
  }, [title])
}

function Root() {
  usePageTitle()
  return <Outlet />
}

function NotFound() {
  return (
    <EmptyState
      icon={IconMapSearch}
      title="There is no page here"
      hint="The link may be old, or a letter is missing."
      action={{ label: 'Go to the start', href: '/' }}
    />
  )
}

function Failed({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  const retry = () => {
    reset()
    void router.invalidate()
  }
  return <ErrorNotice error={error} onRetry={retry} />
}

const root = createRootRoute({ component: Root, notFoundComponent: NotFound })

const publicZone = createRoute({ getParentRoute: () => root, id: 'public' })
const book = createRoute({
  getParentRoute: () => publicZone,
  path: '/book',
  component: lazyRouteComponent(() => import('./features/booking/book-page.tsx'), 'BookPage'),
  staticData: { title: 'Book a visit' },
})
// The link's token is in the fragment (/visit#token): a fragment reaches no server log and no referrer.
const patientVisit = createRoute({
  getParentRoute: () => publicZone,
  path: '/visit',
  component: lazyRouteComponent(() => import('./features/visit/visit-page.tsx'), 'VisitPage'),
  validateSearch: parseVisitSearch,
  staticData: { title: 'Your visit' },
})
const me = createRoute({
  getParentRoute: () => publicZone,
  path: '/me',
  component: lazyRouteComponent(() => import('./features/me/me-page.tsx'), 'MePage'),
  validateSearch: parseMeSearch,
  staticData: { title: 'Your pages' },
})
const setUp = createRoute({
  getParentRoute: () => publicZone,
  path: '/set-up',
  component: lazyRouteComponent(() => import('./features/session/set-up-page.tsx'), 'SetUpPage'),
  staticData: { title: 'Set up' },
})
// Their tokens are in the fragment, too.
const join = createRoute({
  getParentRoute: () => publicZone,
  path: '/join',
  component: lazyRouteComponent(() => import('./features/join/join-page.tsx'), 'JoinPage'),
  staticData: { title: 'Join the team' },
})
const recover = createRoute({
  getParentRoute: () => publicZone,
  path: '/recover',
  component: lazyRouteComponent(() => import('./features/join/recover-page.tsx'), 'RecoverPage'),
  staticData: { title: 'Recover your sign-in' },
})

const sessionZone = createRoute({
  getParentRoute: () => root,
  id: 'session',
  component: () => (
    <SessionProvider>
      <Outlet />
    </SessionProvider>
  ),
})
const signIn = createRoute({
  getParentRoute: () => sessionZone,
  path: '/sign-in',
  component: lazyRouteComponent(() => import('./features/session/sign-in-page.tsx'), 'SignInPage'),
  staticData: { title: 'Sign in' },
})

const staffZone = createRoute({
  getParentRoute: () => sessionZone,
  id: 'staff',
  component: lazyRouteComponent(() => import('./staff-zone.tsx'), 'StaffZone'),
})
const home = createRoute({
  getParentRoute: () => staffZone,
  path: '/',
  component: lazyRouteComponent(() => import('./staff-zone.tsx'), 'HomePage'),
})
const calendar = createRoute({
  getParentRoute: () => staffZone,
  path: '/calendar',
  component: lazyRouteComponent(() => import('./features/calendar/calendar-page.tsx'), 'CalendarPage'),
  staticData: { title: 'Calendar' },
})
const myDay = createRoute({
  getParentRoute: () => staffZone,
  path: '/my-day',
  component: lazyRouteComponent(() => import('./features/my-day/my-day-page.tsx'), 'MyDayPage'),
  staticData: { title: 'My day' },
})
const patient = createRoute({
  getParentRoute: () => staffZone,
  path: '/patients/$patientId',
  component: lazyRouteComponent(() => import('./features/patients/patient-page.tsx'), 'PatientPage'),
  staticData: { title: 'Patient' },
})
const chart = createRoute({
  getParentRoute: () => staffZone,
  path: '/patients/$patientId/chart',
  component: lazyRouteComponent(() => import('./features/chart/chart-page.tsx'), 'ChartPage'),
  staticData: { title: 'Chart' },
})
const photos = createRoute({
  getParentRoute: () => staffZone,
  path: '/patients/$patientId/photos',
  component: lazyRouteComponent(() => import('./features/photos/photos-page.tsx'), 'PhotosPage'),
  staticData: { title: 'Photos' },
})
const checkOut = createRoute({
  getParentRoute: () => staffZone,
  path: '/checkout/$appointmentId',
  component: lazyRouteComponent(() => import('./features/checkout/checkout-page.tsx'), 'CheckoutPage'),
  staticData: { title: 'Check out' },
})
const receipt = createRoute({
  getParentRoute: () => staffZone,
  path: '/receipts/$saleId',
  component: lazyRouteComponent(() => import('./features/checkout/receipt-page.tsx'), 'ReceiptPage'),
  staticData: { title: 'Receipt' },
})
const trail = createRoute({
  getParentRoute: () => staffZone,
  path: '/trail',
  component: lazyRouteComponent(() => import('./features/trail/trail-page.tsx'), 'TrailPage'),
  staticData: { title: 'Audit trail' },
})
const posture = createRoute({
  getParentRoute: () => staffZone,
  path: '/posture',
  component: lazyRouteComponent(() => import('./features/posture/posture-page.tsx'), 'PosturePage'),
  staticData: { title: 'Posture' },
})
const outbox = createRoute({
  getParentRoute: () => staffZone,
  path: '/outbox',
  component: lazyRouteComponent(() => import('./features/outbox/outbox-page.tsx'), 'OutboxPage'),
  staticData: { title: 'Outbox' },
})
const team = createRoute({
  getParentRoute: () => staffZone,
  path: '/team',
  component: lazyRouteComponent(() => import('./features/team/team-page.tsx'), 'TeamPage'),
  staticData: { title: 'Team and services' },
})

const access = createRoute({
  getParentRoute: () => staffZone,
  path: '/access',
  component: lazyRouteComponent(() => import('./features/access/access-page.tsx'), 'AccessPage'),
  staticData: { title: 'Ask for access' },
})

const account = createRoute({
  getParentRoute: () => staffZone,
  path: '/account',
  component: lazyRouteComponent(() => import('./features/account/account-page.tsx'), 'AccountPage'),
  staticData: { title: 'Your account' },
})
const reviews = createRoute({
  getParentRoute: () => staffZone,
  path: '/reviews',
  component: lazyRouteComponent(() => import('./features/access/reviews-page.tsx'), 'ReviewsPage'),
  staticData: { title: 'Reviews' },
})
const standing = createRoute({
  getParentRoute: () => staffZone,
  path: '/standing',
  component: lazyRouteComponent(() => import('./features/access/standing-page.tsx'), 'StandingPage'),
  staticData: { title: 'What your access rests on' },
})
const explain = createRoute({
  getParentRoute: () => staffZone,
  path: '/access/explain',
  component: lazyRouteComponent(() => import('./features/access/explain-page.tsx'), 'ExplainPage'),
  staticData: { title: 'Who may do what' },
})
const gates = createRoute({
  getParentRoute: () => staffZone,
  path: '/access/gates',
  component: lazyRouteComponent(() => import('./features/access/gates-page.tsx'), 'GatesPage'),
  staticData: { title: 'Gates and times' },
})
const elsewhere = createRoute({
  getParentRoute: () => staffZone,
  path: '/elsewhere',
  component: lazyRouteComponent(() => import('./features/access/elsewhere-page.tsx'), 'ElsewherePage'),
  staticData: { title: 'A patient of another location' },
})
const devices = createRoute({
  getParentRoute: () => staffZone,
  path: '/devices',
  component: lazyRouteComponent(() => import('./features/devices/devices-page.tsx'), 'DevicesPage'),
  staticData: { title: 'Devices' },
})
const enrolDevice = createRoute({
  getParentRoute: () => staffZone,
  path: '/devices/enrol',
  component: lazyRouteComponent(() => import('./features/devices/enrol-page.tsx'), 'EnrolPage'),
  staticData: { title: 'Enrol this device' },
})
const fixDevice = createRoute({
  getParentRoute: () => staffZone,
  path: '/devices/fix',
  component: lazyRouteComponent(() => import('./features/devices/fix-page.tsx'), 'FixPage'),
  staticData: { title: 'This device' },
})
const oversight = createRoute({
  getParentRoute: () => staffZone,
  path: '/oversight',
  component: lazyRouteComponent(() => import('./features/oversight/oversight-page.tsx'), 'OversightPage'),
  staticData: { title: 'Oversight' },
})
const myReviews = createRoute({
  getParentRoute: () => staffZone,
  path: '/access-review',
  component: lazyRouteComponent(() => import('./features/oversight/my-reviews-page.tsx'), 'MyReviewsPage'),
  staticData: { title: 'Access review' },
})
const campaign = createRoute({
  getParentRoute: () => staffZone,
  path: '/access-review/$campaignId',
  component: lazyRouteComponent(() => import('./features/oversight/campaign-page.tsx'), 'CampaignPage'),
  staticData: { title: 'Access review' },
})
const why = createRoute({
  getParentRoute: () => staffZone,
  path: '/patients/$patientId/why',
  component: lazyRouteComponent(() => import('./features/oversight/why-page.tsx'), 'WhyPage'),
  staticData: { title: 'Why' },
})
const privateAddress = createRoute({
  getParentRoute: () => staffZone,
  path: '/private-address',
  component: lazyRouteComponent(() => import('./features/oversight/private-address-page.tsx'), 'PrivateAddressPage'),
  staticData: { title: 'Private address' },
})

const tree = root.addChildren([
  publicZone.addChildren([book, patientVisit, me, setUp, join, recover]),
  sessionZone.addChildren([
    signIn,
    staffZone.addChildren([
      home,
      access,
      account,
      reviews,
      standing,
      explain,
      gates,
      elsewhere,
      oversight,
      myReviews,
      campaign,
      why,
      privateAddress,
      calendar,
      myDay,
      patient,
      chart,
      photos,
      checkOut,
      receipt,
      trail,
      posture,
      outbox,
      team,
      devices,
      enrolDevice,
      fixDevice,
    ]),
  ]),
])

export const router = createRouter({
  routeTree: tree,
  // A link that is merely hovered must open nobody's record: reading is an event in the trail.
  defaultPreload: false,
  defaultPendingComponent: () => <SkeletonPage />,
  defaultPendingMs: 150,
  defaultErrorComponent: Failed,
  scrollRestoration: false,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
