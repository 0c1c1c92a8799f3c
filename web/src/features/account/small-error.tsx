import { Problem } from '../../api.ts'
import { RefusalNotice } from '../../ui/refusal-notice.tsx'

const sentence = (error: unknown): string => {
  if (error instanceof Problem) {
    if (error.isOffline) return 'The server cannot be reached. Nothing was changed; try again in a moment.'
    return error.errors.find(({ message }) => /\s/.test(message))?.message ?? error.detail ?? error.title
  }
  if (error instanceof Error && error.name === 'PasskeyError') return error.message
  return 'This did not work. Please try again.'
}

/** What went wrong in one line, beside the field or button that it is about; a gate's refusal in full. */
export function SmallError({ error }: { error: unknown }) {
  if (error instanceof Problem && error.refusal) return <RefusalNotice refusal={error.refusal} />
  const detail = error instanceof Problem && error.detail && error.status !== 422 ? error.detail : undefined
  return (
    <p role="alert" className="n-account__error">
      {detail ?? sentence(error)}
    </p>
  )
}
