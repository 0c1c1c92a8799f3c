import { ActionIcon, Button, Loader, Switch } from '@mantine/core'
import { IconCameraRotate, IconShieldLock } from '@tabler/icons-react'
import { useCallback, useEffect, useRef, useState, type RefObject } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyState } from './empty-state.tsx'
import './camera-capture.css'

export interface CameraCaptureProps {
  /** a JPEG as the camera saw it (never mirrored); nothing was written to the device */
  onCapture: (photo: Blob, size: { widthPixels: number; heightPixels: number }) => void | Promise<void>
  onCancel?: () => void
  /** last visit's photo, laid over the picture so that pose and distance match */
  ghostSrc?: string
  /** the camera to begin with; default the one at the back */
  facing?: 'environment' | 'user'
  /** 0 to 1; default 0.92 */
  jpegQuality?: number
}

type Trouble = 'denied' | 'none' | 'busy' | 'insecure'
type State = { kind: 'starting' } | { kind: 'live' } | { kind: 'trouble'; trouble: Trouble }

interface Shot {
  blob: Blob
  url: string
  widthPixels: number
  heightPixels: number
}

function troubleOf(error: unknown): Trouble {
  const name = error instanceof DOMException ? error.name : ''
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied'
  return name === 'NotReadableError' || name === 'AbortError' ? 'busy' : 'none'
}

/** The device's camera inside the page: the photo exists in memory only, until it is handed over. */
export function CameraCapture(props: CameraCaptureProps) {
  const { t } = useTranslation('kit')
  const { onCapture, onCancel, ghostSrc, jpegQuality = 0.92 } = props
  const [facing, setFacing] = useState(props.facing ?? 'environment')
  const [ghost, setGhost] = useState(ghostSrc !== undefined)
  const [shot, setShot] = useShot()
  const [sending, setSending] = useState(false)
  const video = useRef<HTMLVideoElement>(null)
  const { state, start } = useCamera(video, facing)

  if (state.kind === 'trouble') {
    return (
      <div className="n-camera__trouble">
        <EmptyState
          title={t(`camera.${state.trouble}.title`)}
          hint={t(`camera.${state.trouble}.do`)}
          action={{ label: t('error.retry'), onClick: start }}
        />
      </div>
    )
  }
  const take = async () => {
    const taken = await frameOf(video.current, jpegQuality)
    if (taken) setShot(taken)
  }
  const use = async (taken: Shot) => {
    setSending(true)
    try {
      await onCapture(taken.blob, { widthPixels: taken.widthPixels, heightPixels: taken.heightPixels })
      setShot(undefined)
    } finally {
      setSending(false)
    }
  }
  return (
    <div className="n-camera">
      <div className="n-camera__view">
        <video ref={video} autoPlay muted playsInline aria-label={t('camera.live')} data-mirrored={facing === 'user'} />
        {shot && <img className="n-camera__shot" src={shot.url} alt={t('camera.preview')} />}
        {ghostSrc && ghost && !shot && <img className="n-camera__ghost" src={ghostSrc} alt="" />}
        {state.kind === 'starting' && (
          <div className="n-camera__starting" role="status">
            <Loader color="gray" size="sm" />
            {t('camera.starting')}
          </div>
        )}
      </div>
      <div className="n-camera__bar">
        {shot ? (
          <>
            <Button size="lg" variant="default" onClick={() => setShot(undefined)} disabled={sending}>
              {t('camera.retake')}
            </Button>
            <Button size="lg" loading={sending} onClick={() => void use(shot)}>
              {t('camera.use')}
            </Button>
          </>
        ) : (
          <>
            <span className="n-camera__side">
              {onCancel && (
                <Button variant="subtle" color="gray" onClick={onCancel}>
                  {t('close')}
                </Button>
              )}
            </span>
            <button
              type="button"
              className="n-plain n-camera__shutter"
              aria-label={t('camera.take')}
              disabled={state.kind !== 'live'}
              onClick={() => void take()}
            />
            <span className="n-camera__side n-camera__side--end">
              <ActionIcon
                variant="subtle"
                color="gray"
                size={48}
                aria-label={t('camera.switch')}
                onClick={() => setFacing(facing === 'user' ? 'environment' : 'user')}
              >
                <IconCameraRotate size={24} stroke={1.6} />
              </ActionIcon>
            </span>
          </>
        )}
      </div>
      <div className="n-camera__notes">
        {ghostSrc && (
          <Switch
            label={t('camera.ghost')}
            checked={ghost}
            onChange={(event) => setGhost(event.currentTarget.checked)}
          />
        )}
        <span>
          <IconShieldLock size={16} stroke={1.75} aria-hidden />
          {t('camera.private')}
        </span>
      </div>
    </div>
  )
}

/** Holds one shot and frees its memory when it goes. */
function useShot() {
  const [shot, setShot] = useState<Shot>()
  useEffect(() => {
    if (!shot) return
    return () => URL.revokeObjectURL(shot.url)
  }, [shot])
  return [shot, setShot] as const
}

function useCamera(video: RefObject<HTMLVideoElement | null>, facing: 'environment' | 'user') {
  const [state, setState] = useState<State>({ kind: 'starting' })
  const [attempt, setAttempt] = useState(0)
  useEffect(() => {
    if (!window.isSecureContext) {
      setState({ kind: 'trouble', trouble: 'insecure' })
      return
    }
    let stream: MediaStream | undefined
    let over = false
    const stop = () => stream?.getTracks().forEach((track) => track.stop())
    const open = async () => {
      setState({ kind: 'starting' })
      try {
        stream = await navigator.mediaDevices.getUserMedia({
          video: { facingMode: { ideal: facing }, width: { ideal: 4032 }, height: { ideal: 3024 } },
          audio: false,
        })
        if (over) return stop()
        if (!video.current) return
        video.current.srcObject = stream
        await video.current.play()
        if (!over) setState({ kind: 'live' })
      } catch (error) {
        if (!over) setState({ kind: 'trouble', trouble: troubleOf(error) })
      }
    }
    void open()
    return () => {
      over = true
      stop()
    }
  }, [video, facing, attempt])
  const start = useCallback(() => setAttempt((count) => count + 1), [])
  return { state, start }
}

async function frameOf(video: HTMLVideoElement | null, quality: number): Promise<Shot | undefined> {
  if (!video || video.videoWidth === 0) return undefined
  const canvas = document.createElement('canvas')
  canvas.width = video.videoWidth
  canvas.height = video.videoHeight
  canvas.getContext('2d')?.drawImage(video, 0, 0)
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality))
  if (!blob) return undefined
  return { blob, url: URL.createObjectURL(blob), widthPixels: canvas.width, heightPixels: canvas.height }
}
