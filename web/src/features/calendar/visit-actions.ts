import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Problem } from '../../api.ts'
import { api, data } from '../../client'
import { toast, undoable } from './toast.tsx'

export interface VisitRef {
  id: string
  patientId: string
}
export type VisitStep = 'check-in' | 'cancel' | 'no-show' | 'reopen'

const of = ({ id, patientId }: VisitRef) => ({ params: { path: { appointmentId: id } }, body: { patientId } })
const steps = {
  'check-in': (visit: VisitRef) => data(api.POST('/api/appointments/{appointmentId}/check-in', of(visit))),
  cancel: (visit: VisitRef) => data(api.POST('/api/appointments/{appointmentId}/cancel', of(visit))),
  'no-show': (visit: VisitRef) => data(api.POST('/api/appointments/{appointmentId}/no-show', of(visit))),
  reopen: (visit: VisitRef) => data(api.POST('/api/appointments/{appointmentId}/reopen', of(visit))),
}
const said: Record<VisitStep, string> = {
  'check-in': 'Checked in.',
  cancel: 'Visit cancelled. Its time is free again.',
  'no-show': 'Marked as no-show.',
  reopen: 'Back to booked.',
}

/** Everything on the screen that shows visits asks again. */
export const useVisitsChanged = () => {
  const queries = useQueryClient()
  return () =>
    Promise.all(['calendar-day', 'forms-day', 'patient-visits', 'my-day'].map((name) => queries.invalidateQueries({ queryKey: [name] })))
}

export const failedToast = (error: unknown) => {
  const problem = error instanceof Problem ? error : undefined
  toast({ tone: 'danger', title: problem?.title ?? 'This did not work', message: problem?.detail ?? 'Please try again.', staysMs: 10_000 })
}

/** One tap at a visit. What was done can be taken back from the message that says so; the names stay on the page. */
export const useVisitStep = () => {
  const changed = useVisitsChanged()
  const step = useMutation({
    mutationFn: ({ visit, what }: { visit: VisitRef; what: VisitStep }) => steps[what](visit),
    onError: failedToast,
    onSettled: changed,
    onSuccess: (_, { visit, what }) => {
      if (what === 'reopen') return
      undoable(`visit-${visit.id}`, said[what], () => step.mutate({ visit, what: 'reopen' }))
    },
  })
  return step
}

export interface Move extends VisitRef {
  providerId: string
  startsAt: string
}
export const moveVisit = ({ id, patientId, providerId, startsAt }: Move) =>
  data(api.POST('/api/appointments/{appointmentId}/move', { params: { path: { appointmentId: id } }, body: { patientId, providerId, startsAt } }))
