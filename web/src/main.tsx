import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import '@mantine/core/styles.layer.css'
import '@mantine/notifications/styles.layer.css'
import './fonts.css'
import './page.css'
import { Problem } from './api.ts'
import { preferredLanguage, startI18n } from './i18n.ts'
import { router } from './routes.tsx'
import { cssVariables, theme } from './theme.ts'

startI18n(preferredLanguage(window.location.search, navigator.languages))

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      // request() has already asked again where that helps; an answer of the server is an answer.
      retry: (failures, error) => !(error instanceof Problem) && failures < 1,
    },
  },
})

/** The only thing Nacre stores in the browser: light, dark or auto. */
const colorScheme = localStorageColorSchemeManager({ key: 'nacre-theme' })

const place = document.getElementById('root')
if (!place) throw new Error('index.html lost its root element')
createRoot(place).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      colorSchemeManager={colorScheme}
    >
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
        <Notifications position="bottom-right" />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)
