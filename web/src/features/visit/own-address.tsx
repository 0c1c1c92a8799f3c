import { Button, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem } from '../../api.ts'
import { api, data } from '../../client.ts'
import { ErrorNotice } from '../../ui/error-notice.tsx'

/** Opened with a code of the desk, these forms show what is from before only to whoever reads messages to the patient's own address. */
export function OwnAddress() {
  const { t } = useTranslation('visit')
  const queries = useQueryClient()
  const [code, setCode] = useState('')
  const asking = useMutation({ mutationFn: () => data(api.POST('/api/visit/code')) })
  const confirming = useMutation({
    mutationFn: (checkId: string) => data(api.POST('/api/visit/code/confirm', { body: { checkId, code: code.trim() } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['visit'] }),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (asking.data) confirming.mutate(asking.data.checkId)
  }
  const wrong = confirming.error instanceof Problem && confirming.error.status === 422 ? confirming.error.detail : undefined
  return (
    <form className="v-note v-earlier" onSubmit={submit} noValidate>
      <p>{t('earlier.lead')}</p>
      {asking.error && <ErrorNotice error={asking.error} />}
      {confirming.error && !wrong && <ErrorNotice error={confirming.error} />}
      {asking.data ? (
        <>
          <p role="status">{t('earlier.sent', { to: asking.data.sentTo })}</p>
          <TextInput
            size="md"
            label={t('earlier.code')}
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={8}
            value={code}
            error={wrong}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
          <Button type="submit" size="md" mt="md" loading={confirming.isPending}>
            {t('earlier.confirm')}
          </Button>
        </>
      ) : (
        <Button variant="default" size="md" loading={asking.isPending} onClick={() => asking.mutate()}>
          {t('earlier.send')}
        </Button>
      )}
    </form>
  )
}
