import { IconCloudCheck, IconCloudOff, IconCloudUp } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { SaveState } from './autosave.ts'
import './save-note.css'

/** Says that saving happens by itself, and whether it did. */
export function SaveNote({ state }: { state: SaveState }) {
  const { t } = useTranslation('kit')
  const Sign = state === 'failed' ? IconCloudOff : state === 'saving' ? IconCloudUp : IconCloudCheck
  return (
    <span className="n-save" role="status" data-state={state}>
      {state !== 'idle' && (
        <>
          <Sign size={16} stroke={1.75} aria-hidden />
          {t(`save.${state}`)}
        </>
      )}
    </span>
  )
}
