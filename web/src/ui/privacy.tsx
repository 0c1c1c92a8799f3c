import { createContext, useContext, type ReactNode } from 'react'
import { formatInitials } from './format.ts'

/** `hidden`: names are initials on this screen, because others can see it. */
export type Privacy = 'shown' | 'hidden'

const PrivacyContext = createContext<Privacy>('shown')

export function PrivacyProvider({ privacy, children }: { privacy: Privacy; children: ReactNode }) {
  return <PrivacyContext value={privacy}>{children}</PrivacyContext>
}

export const usePrivacy = (): Privacy => useContext(PrivacyContext)

/** Returns how to write patients' names on this screen right now. */
export function usePatientName(): (name: string) => string {
  const privacy = usePrivacy()
  return (name) => (privacy === 'hidden' ? formatInitials(name) : name)
}

/** A patient's name, as called; initials in privacy mode. Write every patient name with it. */
export function PatientName({ name }: { name: string }) {
  return <>{usePatientName()(name)}</>
}
