import { useQuery } from '@tanstack/react-query'
import { api, data } from '../../client.ts'

/** On whose access the person at the screen is still to decide. */
export const useMyReviews = () => useQuery({ queryKey: ['my-reviews'], queryFn: () => data(api.GET('/api/access-reviews/mine')) })
