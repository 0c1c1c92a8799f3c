import { Button } from '@mantine/core'
import { IconBuilding } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { api, data } from '../../client.ts'

/** One button for each organisation with which people of this practice sign in; nothing when there is none. */
export function SsoButtons() {
  const offered = useQuery({ queryKey: ['sso'], queryFn: () => data(api.GET('/api/sso')) })
  return (offered.data ?? []).map(({ id, label }) => (
    <Button
      key={id}
      component="a"
      href={`/api/sso/start/${id}`}
      variant="default"
      size="md"
      leftSection={<IconBuilding size={18} stroke={1.75} aria-hidden />}
    >
      Sign in with {label}
    </Button>
  ))
}
