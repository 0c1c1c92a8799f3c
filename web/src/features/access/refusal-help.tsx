import { useQueryClient } from '@tanstack/react-query'
import { useMemo, type ReactNode } from 'react'
import { api, data } from '../../client.ts'
import { RefusalHelpContext, type RefusalHelp } from '../../ui/refusal-notice.tsx'

/** Refusals on a patient's pages can start emergency access for her, and every refusal leads to its explanation. */
export function RefusalHelpFor({ patientId, children }: { patientId: string | undefined; children: ReactNode }) {
  const queries = useQueryClient()
  const help = useMemo((): RefusalHelp => {
    const whyHref = (action: string) => `/access/explain?action=${encodeURIComponent(action)}${patientId ? `&patient=${encodeURIComponent(patientId)}` : ''}`
    if (!patientId) return { whyHref }
    return {
      whyHref,
      onOverride: async ({ action }, { reason }) => {
        if (action !== 'glass.break') throw new Error('this page cannot start that')
        await data(api.POST('/api/patients/{patientId}/emergency-access', { params: { path: { patientId } }, body: { reason } }))
        await queries.resetQueries()
      },
    }
  }, [patientId, queries])
  return <RefusalHelpContext value={help}>{children}</RefusalHelpContext>
}
