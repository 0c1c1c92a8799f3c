import type { Practice } from './practice.ts'
import type { Row } from './row.ts'

const AIM_PER_SECOND = 2000

/** The import by which the practice got its patients. */
export const importRow = ({ imported: { people, seconds, msServerEach, msDatabaseEach, bytes } }: Practice): Row => {
  const perSecond = people / seconds
  return {
    work: `import of FHIR patients (${people.toLocaleString('en')}, ${Math.round(bytes / 1e6)} MB)`,
    field: 'Medplum 177/s',
    aim: '≥ 2,000/s',
    result: `${Math.round(perSecond)}/s · ${(msServerEach + msDatabaseEach).toFixed(2)} ms CPU (${msServerEach.toFixed(2)} server + ${msDatabaseEach.toFixed(2)} database)`,
    isMet: perSecond >= AIM_PER_SECOND,
    figures: { perSecond, seconds, serverMsEach: msServerEach, databaseMsEach: msDatabaseEach },
  }
}
