import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { IconArrowLeft, IconCircleCheck, IconPencil, IconPhoto } from '@tabler/icons-react'
import { api, data } from '../../client'
import { useSession } from '../../session.tsx'
import { useGo, useLocation } from '../../place.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { ageInYears, formatName, formatPlainDate } from '../../ui/format.ts'
import { PageHeader } from '../../ui/page-header.tsx'
import { PatientName } from '../../ui/privacy.tsx'
import { SkeletonPage } from '../../ui/skeletons.tsx'
import { useUrlChoice } from '../../ui/url-choice.ts'
import { todayIn } from '../../ui/zoned-day.ts'
import { AlertBanner } from './alert-banner.tsx'
import { chartKey, useChart, type Chart, type ChartVisit } from './chart-queries.ts'
import { ChartOverview } from './chart-overview.tsx'
import { currentVisitOf } from './current-visit.ts'
import { NoteDesk } from './note-desk.tsx'
import './chart.css'

/** The provider's chart: alerts first, then visits and notes; a note opens over them, with the last visit beside it. */
export function ChartPage() {
  const { patientId = '' } = useParams({ strict: false })
  const go = useGo()
  const chart = useChart(patientId)
  if (chart.isPending) return <SkeletonPage label="Opening the chart" />
  if (chart.error) return <ErrorNotice error={chart.error} onRetry={() => void chart.refetch()} onFix={go} />
  return <OpenChart patientId={patientId} chart={chart.data} />
}

function OpenChart({ patientId, chart }: { patientId: string; chart: Chart }) {
  const { timeZone } = useLocation()
  const [noteId, openNote] = useUrlChoice('note')
  const { user } = useSession()
  const visit = currentVisitOf(chart.visits, { providerId: user.id, timeZone })
  return (
    <div className="n-chart">
      <ChartHead patientId={patientId} chart={chart} visit={visit} noteId={noteId} onNote={openNote} />
      <AlertBanner chart={chart} timeZone={timeZone} />
      {noteId ? (
        <NoteDesk key={noteId} patientId={patientId} noteId={noteId} chart={chart} />
      ) : (
        <ChartOverview patientId={patientId} chart={chart} userId={user.id} onNote={openNote} />
      )}
    </div>
  )
}

interface ChartHeadProps {
  patientId: string
  chart: Chart
  visit: ChartVisit | undefined
  noteId: string | undefined
  onNote: (noteId: string | undefined) => void
}

function ChartHead({ patientId, chart: { patient, notes }, visit, noteId, onNote }: ChartHeadProps) {
  const go = useGo()
  const { timeZone } = useLocation()
  const { user } = useSession()
  const { startNote, finishVisit } = useVisitSteps({ patientId, visit, onNote })
  const draft = notes.find(({ state, authorId }) => state === 'draft' && authorId === user.id)
  const error = startNote.error ?? finishVisit.error
  const facts = [
    `born ${formatPlainDate(patient.birthDate)}`,
    `${ageInYears(patient.birthDate, todayIn(timeZone))} years`,
    patient.sexAtBirth,
  ].filter(Boolean)
  const photos = `/patients/${patientId}/photos${visit ? `?visit=${visit.id}` : ''}`
  return (
    <>
      <PageHeader
        title={
          <PatientName
            name={formatName({ given: patient.givenName, family: patient.familyName, preferred: patient.calledName })}
          />
        }
        subtitle={facts.join(' · ')}
        actions={
          <>
            {noteId && (
              <Button
                variant="subtle"
                leftSection={<IconArrowLeft size={18} stroke={1.75} />}
                onClick={() => onNote(undefined)}
              >
                Whole chart
              </Button>
            )}
            <Button variant="default" leftSection={<IconPhoto size={18} stroke={1.75} />} onClick={() => go(photos)}>
              Photos
            </Button>
            {visit?.state === 'in-treatment' && (
              <Button
                variant="default"
                leftSection={<IconCircleCheck size={18} stroke={1.75} />}
                loading={finishVisit.isPending}
                onClick={() => finishVisit.mutate()}
              >
                Finish visit
              </Button>
            )}
            {!noteId && (
              <Button
                leftSection={<IconPencil size={18} stroke={1.75} />}
                loading={startNote.isPending}
                onClick={() => (draft ? onNote(draft.id) : startNote.mutate())}
              >
                {draft ? 'Go on with your draft' : 'Write note'}
              </Button>
            )}
          </>
        }
      />
      {error && <ErrorNotice error={error} onFix={go} />}
    </>
  )
}

interface VisitStepsOptions {
  patientId: string
  visit: ChartVisit | undefined
  onNote: (noteId: string) => void
}

/** Writing the note of a visit begins the treatment; finishing hands the patient back to the desk. */
function useVisitSteps({ patientId, visit, onNote }: VisitStepsOptions) {
  const queries = useQueryClient()
  const refresh = async () => {
    await Promise.all([
      queries.invalidateQueries({ queryKey: chartKey(patientId) }),
      queries.invalidateQueries({ queryKey: ['my-day'] }),
    ])
  }
  const startNote = useMutation({
    mutationFn: async () => {
      const isAhead = visit?.state === 'booked' || visit?.state === 'checked-in'
      if (visit && isAhead)
        await data(
          api.POST('/api/appointments/{appointmentId}/start', {
            params: { path: { appointmentId: visit.id } },
            body: { patientId },
          }),
        )
      return data(
        api.POST('/api/patients/{patientId}/notes', {
          params: { path: { patientId } },
          body: visit ? { appointmentId: visit.id } : {},
        }),
      )
    },
    onSuccess: async ({ noteId }) => {
      await refresh()
      onNote(noteId)
    },
  })
  const finishVisit = useMutation({
    mutationFn: async () => {
      if (visit)
        await data(
          api.POST('/api/appointments/{appointmentId}/finish', {
            params: { path: { appointmentId: visit.id } },
            body: { patientId },
          }),
        )
    },
    onSuccess: refresh,
  })
  return { startNote, finishVisit }
}
