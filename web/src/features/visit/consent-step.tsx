import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isLanguage, type Language } from '../../i18n.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { SignaturePad, type Signature } from '../../ui/signature-pad.tsx'
import { SkeletonCard } from '../../ui/skeletons.tsx'
import { ConsentTextView } from './consent-text.tsx'
import { decide, textsKey, useTexts, type ConsentKind, type Decided } from './visit-data.ts'

export interface ConsentStepProps {
  kind: Exclude<ConsentKind, 'marketing-photos'>
  onDone: () => Promise<void>
}

/** Sends a decision and forgets the texts, which carry the decisions. `onDone` gets the consent's id. */
export function useDecision(onDone: (consentId: string) => Promise<void>) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (decided: Decided) => decide(decided),
    onSuccess: async (line) => {
      await queries.invalidateQueries({ queryKey: textsKey })
      await onDone(line.id)
    },
  })
}

/** A text to read, and under it the signature. Saying no is one tap. */
export function ConsentStep({ kind, onDone }: ConsentStepProps) {
  const { t, i18n } = useTranslation('visit')
  const language: Language = isLanguage(i18n.language) ? i18n.language : 'en'
  const { data, error, refetch } = useTexts()
  const [signature, setSignature] = useState<Signature>()
  const [tried, setTried] = useState(false)
  const deciding = useDecision(onDone)
  const text = data?.texts.find((one) => one.kind === kind)
  if (error) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (!text) return <SkeletonCard lines={8} />

  const sign = () => {
    setTried(true)
    if (signature) deciding.mutate({ text, language, decision: 'accepted', signature })
  }
  return (
    <div className="v-page v-consent">
      <ConsentTextView text={text[language]} />
      <p className="v-statement">{text[language].statement}</p>
      <SignaturePad
        value={signature}
        onChange={setSignature}
        legend={t('consent.signature')}
        error={tried && !signature ? t('consent.missing') : undefined}
      />
      {deciding.error && <ErrorNotice error={deciding.error} />}
      <div className="v-choices">
        <Button
          size="lg"
          className="v-big"
          loading={deciding.isPending && deciding.variables?.decision === 'accepted'}
          onClick={sign}
        >
          {t('consent.sign')}
        </Button>
        <Button
          size="lg"
          variant="default"
          className="v-big"
          loading={deciding.isPending && deciding.variables?.decision === 'declined'}
          onClick={() => deciding.mutate({ text, language, decision: 'declined' })}
        >
          {text[language].decline}
        </Button>
      </div>
    </div>
  )
}
