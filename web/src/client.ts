import createClient from 'openapi-fetch'
import { nacreMiddleware, retryingFetch } from './api'
import type { paths } from './api.gen'

/** The typed way to the server: paths, inputs and answers come from the route table (api.gen.d.ts). Errors are thrown as `Problem`. */
export const api = createClient<paths>({ baseUrl: '', fetch: retryingFetch })
api.use(nacreMiddleware)

/**
 * The answer's data; use as a query or mutation function:
 *   useQuery({ queryKey: ['card', id], queryFn: () => data(api.GET('/api/patients/{patientId}/card', { params: { path: { patientId: id } } })) })
 */
export const data = async <T>(answer: Promise<{ data?: T }>): Promise<T> => {
  const { data: value } = await answer
  if (value === undefined) throw new Error('the server answered without data')
  return value
}
