import { route } from '#kernel/route.ts'
import { decide, listManagers, myReviews, openCampaign, setManager } from './campaign.ts'
import { exportCampaign, listCampaigns, viewCampaign } from './evidence.ts'
import { saveHome, viewHome } from './homes.ts'
import { giveReason, listMarked, markPatient, unmarkPatient } from './marks.ts'
import { closeSuspicion, endMute, listSuspicions, muteKind, openSuspicion } from './queue.ts'
import { watchNow } from './watch.ts'

export const routes = [
  route('GET /api/oversight', listSuspicions),
  route('POST /api/oversight/look', watchNow),
  route('GET /api/patients/:patientId/suspicions/:suspicionId', openSuspicion),
  route('POST /api/patients/:patientId/suspicions/:suspicionId/close', closeSuspicion),
  route('POST /api/patients/:patientId/mutes', muteKind),
  route('POST /api/patients/:patientId/mutes/:muteId/end', endMute),
  route('GET /api/oversight/marked', listMarked),
  route('POST /api/patients/:patientId/marks', markPatient),
  route('POST /api/patients/:patientId/marks/:flagId/end', unmarkPatient),
  route('POST /api/patients/:patientId/reasons', giveReason),
  route('GET /api/homes/own', viewHome),
  route('PUT /api/homes/own', saveHome),
  route('GET /api/homes/:userId', viewHome),
  route('PUT /api/homes/:userId', saveHome),
  route('GET /api/access-reviews', listCampaigns),
  route('POST /api/access-reviews', openCampaign),
  route('GET /api/access-reviews/mine', myReviews),
  route('GET /api/access-reviews/:campaignId', viewCampaign),
  route('GET /api/access-reviews/:campaignId/table', exportCampaign),
  route('POST /api/access-reviews/:campaignId/people/:userId', decide),
  route('GET /api/managers', listManagers),
  route('PUT /api/managers/:userId', setManager),
]
