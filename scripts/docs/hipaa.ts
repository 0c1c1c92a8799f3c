import { globSync, readFileSync } from 'node:fs'
import { CONTROLS } from '../../server/src/kernel/control.ts'
import sections from '../../content/hipaa-sections.json' with { type: 'json' }
import { code, HEADER, table } from './markdown.ts'

interface Tag { section: string; text: string; file: string }

const SECTION = String.raw`16[04]\.\d{3}(?:\([A-Za-z0-9]+\))*`
const files = (pattern: string) => globSync(pattern).toSorted()
const sectionsIn = (text: string): string[] => text.match(new RegExp(SECTION, 'g')) ?? []

const COMMENTS = /\/\*\*([\s\S]*?)\*\/|^\s*\/\/ ?(.*@hipaa.*)$/gm
const firstSentence = (text: string): string => /^[\s\S]*?[.:](?=\s|$)/.exec(text.trim())?.[0].slice(0, -1) ?? text.trim()

/** `@hipaa 164.312(b), 164.308(…) what the duty is` in comments, and the sentence with which the comment begins: what is done about it. */
const tagsOf = (file: string): Tag[] =>
  [...readFileSync(file, 'utf8').matchAll(COMMENTS)].flatMap(([, block, line]) => {
    const comment = (block ?? line ?? '').replaceAll(/^\s*\* ?/gm, '').trim()
    const told = firstSentence(comment.slice(0, Math.max(0, comment.indexOf('@hipaa'))))
    return [...comment.matchAll(new RegExp(String.raw`@hipaa ((?:${SECTION}(?:, )?)+)(.*)`, 'g'))].flatMap(([, cited = '', rest = '']) => {
      const duty = rest.trim().replace(/^[:,]\s*/, '').replace(/\.$/, '')
      return sectionsIn(cited).map((section) => ({ section, text: [duty, told.replaceAll('\n', ' ')].filter((part) => part !== '').join(' – '), file }))
    })
  })

/** `// @proves 164.312(b)` above a test: its sentence. */
const proofsOf = (file: string): Tag[] =>
  [...readFileSync(file, 'utf8').matchAll(/@proves ([^\n]+)\n\s*(?:it|test)(?:\.\w+)?\((['"`])(.*?)\2,/g)].flatMap(([, cited = '', , text = '']) =>
    sectionsIn(cited).map((section) => ({ section, text, file })),
  )

const titles: Record<string, string> = sections.titles
/** The nearest section that has a title: of 164.312(a)(2)(iv) itself, or of 164.312(a). */
const titleOf = (section: string): string => {
  for (let at = section; at !== ''; at = at.includes('(') ? at.slice(0, at.lastIndexOf('(')) : '') {
    const title = titles[at]
    if (title) return title
  }
  return ''
}

/** Where each duty is carried out in the source, which control shows its live state, and which test proves it. */
export const hipaa = (): string => {
  const isTest = (file: string) => /\.(test|spec)\.tsx?$/.test(file)
  const sources = [...files('server/src/**/*.ts'), ...files('web/src/**/*.{ts,tsx}'), ...files('verify/*.mjs')].filter((file) => !isTest(file) && !file.endsWith('.gen.d.ts'))
  const tags = sources.flatMap(tagsOf)
  const proofs = [...files('server/**/*.test.ts'), ...files('verify/*.test.ts'), ...files('e2e/*.spec.ts')].flatMap(proofsOf)
  const controls = [...CONTROLS.values()]
  const cited = new Set([...tags, ...proofs].map((t) => t.section).concat(controls.flatMap((c) => sectionsIn(c.citation))))
  const chapters = [...cited].toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true })).map((section) => {
    const done = tags.filter((t) => t.section === section).map((t) => `- ${t.text} (${code(t.file)})`)
    const shown = controls.filter((c) => sectionsIn(c.citation).includes(section)).map((c) => `- Control ${code(c.name)}: ${c.title}${c.rules.length > 0 ? ` (rules ${c.rules.join(', ')})` : ''}`)
    const proven = proofs.filter((p) => p.section === section).map((p) => `- Test: “${p.text}” (${code(p.file)})`)
    const title = titleOf(section)
    return `### ${section}${title ? ` · ${title}` : ''}\n\n${[...new Set([...done, ...shown, ...proven])].join('\n')}`
  })
  return `${HEADER('`@hipaa` and `@proves` comments in the source, and the controls of the modules')}

# Where each HIPAA duty is carried out

Sections of 45 CFR, with what the software does about each, the control that shows its live state to the owner under Posture, and the test
that proves it. This page tells what the software does; a practice has duties beyond software.

## Controls

${table(['control', 'what it shows', 'citation'], controls.map((c) => [code(c.name), c.title, c.citation]))}

## By section

${chapters.join('\n\n')}
`
}
