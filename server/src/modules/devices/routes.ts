import { route } from '#kernel/route.ts'
import { attestDevice } from './facts.ts'
import { osqueryConfig, osqueryEnroll, osqueryLog, osqueryRead, osqueryWrite } from './osquery.ts'
import { checkAgain, ownDevice, reportBrowser, signAgreement } from './own.ts'
import { approveDevice, changeDevice, declineDevice, enrolDevice, listDevices, listIncidentDrafts, loseDevice, myDevices, retireDevice } from './register.ts'
import { addSource, endSource, importDevices, linkNode, listSources, previewImport, receiveReport } from './reports.ts'
import { RULES } from './rules.ts'
import { challengeDevice, proveDevice } from './session-proof.ts'
import { changePolicy, seePolicy } from './settings.ts'
import { countPinTry, peopleOfDevice, removePin, setPin, switchPerson } from './switching.ts'

const setsProof = { seconds: RULES.proofSeconds }
const rate = { max: 60, perSeconds: 60 }
const agents = { door: 'public', coding: 'may be gzip', rate: { max: 600, perSeconds: 60 } } as const

export const routes = [
  route('GET /api/device', ownDevice),
  route('POST /api/device/challenge', challengeDevice),
  route('POST /api/device/challenge/open', challengeDevice, { door: 'public', rate }),
  route('POST /api/device/proof', proveDevice, { setsProof }),
  route('POST /api/device/people', peopleOfDevice, { door: 'public', rate }),
  route('POST /api/device/switch', switchPerson, { door: 'public', first: countPinTry, setsCookie: 'nacre', setsProof, rate: { max: 20, perSeconds: 60 } }),
  route('PUT /api/device/pin', setPin),
  route('DELETE /api/device/pin', removePin),
  route('POST /api/device/browser', reportBrowser),
  route('POST /api/device/check', checkAgain),
  route('POST /api/device/agreement', signAgreement),
  route('GET /api/devices', listDevices),
  route('GET /api/devices/mine', myDevices),
  route('POST /api/devices', enrolDevice),
  route('PATCH /api/devices/:deviceId', changeDevice),
  route('POST /api/devices/:deviceId/approve', approveDevice),
  route('POST /api/devices/:deviceId/decline', declineDevice),
  route('POST /api/devices/:deviceId/lose', loseDevice),
  route('POST /api/devices/:deviceId/retire', retireDevice),
  route('POST /api/devices/:deviceId/facts', attestDevice),
  route('GET /api/device-policy', seePolicy),
  route('PUT /api/device-policy', changePolicy),
  route('GET /api/device-sources', listSources),
  route('POST /api/device-sources', addSource),
  route('DELETE /api/device-sources/:sourceId', endSource),
  route('POST /api/device-agents/:nodeId/link', linkNode),
  route('POST /api/device-import/preview', previewImport),
  route('POST /api/device-import', importDevices),
  route('POST /api/device-reports/:sourceId', receiveReport, {
    door: 'public', coding: 'raw', headers: { 'nacre-timestamp': 'timestamp', 'nacre-signature': 'signature' }, rate,
  }),
  route('POST /api/osquery/enroll', osqueryEnroll, { ...agents, rate }),
  route('POST /api/osquery/config', osqueryConfig, agents),
  route('POST /api/osquery/distributed/read', osqueryRead, agents),
  route('POST /api/osquery/distributed/write', osqueryWrite, agents),
  route('POST /api/osquery/log', osqueryLog, agents),
  route('GET /api/incident-drafts', listIncidentDrafts),
]
