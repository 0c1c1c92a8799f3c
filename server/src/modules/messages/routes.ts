import { route } from '#kernel/route.ts'
import { createAgreement, createVendor, listOutbox, listVendors, readOutbox, retryOutbox } from './service.ts'

export const routes = [
  route('GET /api/outbox', listOutbox),
  route('GET /api/outbox/:messageId', readOutbox),
  route('POST /api/outbox/:messageId/retry', retryOutbox),
  route('GET /api/vendors', listVendors),
  route('POST /api/vendors', createVendor),
  route('POST /api/vendors/:vendorId/agreements', createAgreement),
]
