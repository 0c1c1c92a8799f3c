import type { ConsentTexts } from './visit-data.ts'
import { DisplayTitle } from '../../ui/public-shell.tsx'

/** The text exactly as it is hashed and signed, in its order. */
export function ConsentTextView({ text }: { text: ConsentTexts['texts'][number]['en'] }) {
  return (
    <article className="v-text">
      <DisplayTitle lead={text.lead}>{text.title}</DisplayTitle>
      {text.sections.map((section) => (
        <section key={section.heading}>
          <h2>{section.heading}</h2>
          {section.paragraphs.map((paragraph) => (
            <p key={paragraph}>{paragraph}</p>
          ))}
        </section>
      ))}
    </article>
  )
}
