import { createWriteStream, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { once } from 'node:events'
import { gunzipSync } from 'node:zlib'
import { fileURLToPath } from 'node:url'

const FIXTURE = fileURLToPath(new URL('../server/test/fixtures/fhir-bulk-10/Patient.000.ndjson.gz', import.meta.url))
interface Person {
  id: string
  name: { use?: string; family?: string; given?: string[] }[]
  telecom: { value: string }[]
  birthDate: string
}

const SYLLABLES = ['ma', 'ri', 'so', 'lan', 'ber', 'to', 'nel', 'ka', 'dó', 'fi', 'gar', 'hu', 'jen', 'pe', 'quin', 'ros', 'sta', 'tam', 'vel', 'win', 'xi', 'yor', 'zu', 'el', 'an', 'mc', 'dia', 'lu', 'cas', 'mor']
/** Letters of a name from a number: 2 to 4 syllables, spread like names are, so that a prefix of three finds a few hundred among 100,000. */
const nameOf = (n: number): string => {
  let text = ''
  for (let rest = n, i = 0; i < 2 + (n % 3); i++, rest = Math.floor(rest / SYLLABLES.length)) text += SYLLABLES[rest % SYLLABLES.length]
  return text.charAt(0).toUpperCase() + text.slice(1)
}
const scatter = (n: number) => Math.imul(n + 1, 2_654_435_761) >>> 0

export const personName = (n: number) => ({ given: nameOf(scatter(n)), family: nameOf(scatter(n + 7_919)) })

/**
 * An NDJSON file of so many FHIR patients: the thirteen of the fixtures over and over, each with an id, names, phone and birth date of her
 * own. The rest of each resource is left as Synthea made it, so that what is parsed is of real size.
 * @returns the folder's size in bytes
 */
export const writePeople = async (folder: string, count: number): Promise<number> => {
  const originals = gunzipSync(readFileSync(FIXTURE)).toString().trim().split('\n')
  mkdirSync(folder, { recursive: true })
  const file = createWriteStream(join(folder, 'Patient.ndjson'))
  for (let n = 0; n < count; n++) {
    const person = JSON.parse(originals[n % originals.length] ?? '') as Person
    const { given, family } = personName(n)
    const official = person.name.find((name) => name.use === 'official')
    if (official) Object.assign(official, { family, given: [given, ...(official.given ?? []).slice(1)] })
    person.id = `bench-${n}`
    const digits = String(2_000_000_000 + (scatter(n) % 7_999_999_999))
    if (person.telecom[0]) person.telecom[0].value = `${digits.slice(0, 3)}-${digits.slice(3, 6)}-${digits.slice(6)}`
    person.birthDate = new Date(Date.UTC(1940, 0, 1 + (scatter(n + 1) % 25_000))).toISOString().slice(0, 10)
    if (!file.write(`${JSON.stringify(person)}\n`)) await once(file, 'drain')
  }
  file.end()
  await once(file, 'close')
  return file.bytesWritten
}
