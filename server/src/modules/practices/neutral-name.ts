import { contentGuard } from '#kernel/content-guard.ts'

type Language = 'en' | 'es'
const OURS: Record<Language, string> = { en: 'our practice', es: 'nuestra clínica' }

/** A practice may be called "Skin & Laser Clinic": in a mailbox that tells what is done there, so the message says "our practice". */
export const neutralName = (name: string, language: Language): string =>
  contentGuard(name).length > 0 ? OURS[language] : name
