import { IconHammer } from '@tabler/icons-react'
import { EmptyState } from './ui/empty-state.tsx'
import { PublicShell } from './ui/public-shell.tsx'

/**
 * Places held for features. Each of these is to be replaced in routes.tsx by the page of its feature
 * (`lazyRouteComponent(() => import('./features/…'), '…Page')`); when the last one is gone, so is this file.
 */

const place = (name: string) => <EmptyState icon={IconHammer} title={`${name} is not built yet`} />

export const BookPage = () => <PublicShell practiceName="Nacre">{place('Online booking')}</PublicShell>
export const CalendarPage = () => place('The calendar')
export const MyDayPage = () => place('My day')
export const PatientPage = () => place('The patient page')
export const ChartPage = () => place('The chart')
export const PhotosPage = () => place('Photos')
export const CheckoutPage = () => place('Check-out')
export const ReceiptPage = () => place('The receipt')
export const TrailPage = () => place('The audit trail')
export const PosturePage = () => place('Posture')
export const OutboxPage = () => place('The outbox')
export const TeamPage = () => place('Team and services')
