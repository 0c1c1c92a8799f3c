import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isLanguage, type Language } from '../../i18n.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { QuestionField } from '../../ui/question-field.tsx'
import { SignaturePad, type Signature } from '../../ui/signature-pad.tsx'
import { SkeletonCard } from '../../ui/skeletons.tsx'
import { useDecision } from './consent-step.tsx'
import { ConsentTextView } from './consent-text.tsx'
import { useTexts, type ConsentTexts } from './visit-data.ts'
import { visitTexts } from './visit-texts.ts'

type MarketingText = ConsentTexts['texts'][number]
type Use = MarketingText['uses'][number]['code']

export interface MarketingStepProps {
  /** with the consent's id when she signed: a copy follows (45 CFR 164.508(c)(4)) */
  onDone: (signed?: string) => Promise<void>
}

/**
 * The authorization to show photos: a page of its own, nothing ticked, and a "No thanks" as big as the other button
 * (45 CFR 164.508(b)(3), (b)(4)).
 */
export function MarketingStep({ onDone }: MarketingStepProps) {
  const { data, error, refetch } = useTexts()
  const text = data?.texts.find((one) => one.kind === 'marketing-photos')
  if (error) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  return text ? <MarketingForm text={text} onDone={onDone} /> : <SkeletonCard lines={8} />
}

function MarketingForm({ text, onDone }: MarketingStepProps & { text: MarketingText }) {
  const { t, i18n } = useTranslation('visit')
  const language: Language = isLanguage(i18n.language) ? i18n.language : 'en'
  const [uses, setUses] = useState<readonly Use[]>([])
  const [signature, setSignature] = useState<Signature>()
  const [tried, setTried] = useState(false)
  const deciding = useDecision((id) => onDone(deciding.variables?.decision === 'accepted' ? id : undefined))
  const sign = () => {
    setTried(true)
    if (signature && uses.length > 0) deciding.mutate({ text, language, decision: 'accepted', signature, uses })
  }
  const missing = uses.length === 0 ? t('marketing.pick') : signature ? undefined : t('consent.missing')
  return (
    <div className="v-page v-consent">
      <ConsentTextView text={text[language]} />
      <QuestionField
        item={{
          linkId: 'uses',
          type: 'multi-choice',
          required: true,
          text: { en: visitTexts.en['marketing.which'], es: visitTexts.es['marketing.which'] },
          help: { en: visitTexts.en['marketing.help'], es: visitTexts.es['marketing.help'] },
          options: text.uses,
        }}
        answers={{ uses }}
        onAnswer={(_, chosen) =>
          setUses(text.uses.map(({ code }) => code).filter((code) => Array.isArray(chosen) && chosen.includes(code)))
        }
        language={language}
        error={tried && uses.length === 0 ? t('marketing.pick') : undefined}
      />
      {uses.length > 0 && (
        <>
          <p className="v-statement">{text[language].statement}</p>
          <SignaturePad
            value={signature}
            onChange={setSignature}
            legend={t('consent.signature')}
            error={tried && !signature ? missing : undefined}
          />
        </>
      )}
      {deciding.error && <ErrorNotice error={deciding.error} />}
      <div className="v-choices v-choices--equal">
        <Button
          size="lg"
          variant="default"
          className="v-big"
          loading={deciding.isPending && deciding.variables?.decision === 'declined'}
          onClick={() => deciding.mutate({ text, language, decision: 'declined' })}
        >
          {text[language].decline}
        </Button>
        <Button
          size="lg"
          variant={uses.length > 0 ? 'filled' : 'default'}
          className="v-big"
          loading={deciding.isPending && deciding.variables?.decision === 'accepted'}
          onClick={sign}
        >
          {t('marketing.sign')}
        </Button>
      </div>
    </div>
  )
}
