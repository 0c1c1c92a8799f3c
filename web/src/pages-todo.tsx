import { IconHammer } from '@tabler/icons-react'
import { EmptyState } from './ui/empty-state.tsx'
import { PublicShell } from './ui/public-shell.tsx'

/**
 * Places held for features. Each of these is to be replaced in routes.tsx by the page of its feature
 * (`lazyRouteComponent(() => import('./features/…'), '…Page')`); when the last one is gone, so is this file.
 */

const place = (name: string) => <EmptyState icon={IconHammer} title={`${name} is not built yet`} />

export const BookPage = () => <PublicShell practiceName="Nacre">{place('Online booking')}</PublicShell>
export const PatientVisitPage = () => (
  <PublicShell practiceName="Nacre">{place('The patient’s visit page')}</PublicShell>
)
export const SetUpPage = () => <PublicShell practiceName="Nacre">{place('Set-up')}</PublicShell>
export const SignInPage = () => <PublicShell practiceName="Nacre">{place('Sign-in')}</PublicShell>
export const CalendarPage = () => place('The calendar')
export const MyDayPage = () => place('My day')
export const PatientsPage = () => place('The patient list')
export const ChartPage = () => place('The chart')
export const ComparePage = () => place('Photo comparison')
export const TreatPage = () => place('The treatment note')
export const CheckOutPage = () => place('Check-out')
export const PosturePage = () => place('Posture')
export const AuditPage = () => place('The audit trail')
export const OutboxPage = () => place('The outbox')
