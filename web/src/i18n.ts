import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'

/** Languages of everything a patient sees. Staff screens are English. */
export const languages = ['en', 'es'] as const
export type Language = (typeof languages)[number]
export const languageNames: Record<Language, string> = { en: 'English', es: 'Español' }

const en = {
  back: 'Back',
  next: 'Continue',
  skip: 'Skip',
  finish: 'Finish',
  close: 'Close',
  language: 'Language',
  'step.of': 'Step {{step}} of {{total}}',
  'save.saving': 'Saving…',
  'save.saved': 'Saved',
  'save.failed': 'Not saved yet. We keep trying, please leave this page open.',
  'answer.yes': 'Yes',
  'answer.no': 'No',
  'answer.optional': 'Optional',
  'answer.required': 'Please answer this to continue.',
  'answer.chooseOne': 'Choose one',
  'answer.chooseAny': 'Choose all that apply',
  'date.month': 'Month',
  'date.day': 'Day',
  'date.year': 'Year',
  'date.invalid': 'This date does not exist. Please check it.',
  'sign.legend': 'Your signature',
  'sign.draw': 'Draw',
  'sign.type': 'Type',
  'sign.clear': 'Clear',
  'sign.undo': 'Undo last stroke',
  'sign.here': 'Sign here with your finger, a pen or the mouse',
  'sign.typeName': 'Type your full name',
  'sign.typedMeaning': 'Typing your name counts as your signature.',
  'error.offline.title': 'No connection',
  'error.offline.do': 'What you typed is still here. Check your connection and try again.',
  'error.title': 'This did not work',
  'error.do': 'Please try again. If it happens again, call the practice and give them the reference.',
  'error.retry': 'Try again',
  'error.reference': 'Reference',
  'refusal.why': 'Why',
  'refusal.rule': 'Rule',
  'refusal.whoCanFix': 'Who can help',
  'camera.starting': 'Starting the camera…',
  'camera.take': 'Take photo',
  'camera.retake': 'Take again',
  'camera.use': 'Use photo',
  'camera.switch': 'Switch camera',
  'camera.ghost': 'Show last photo as a guide',
  'camera.preview': 'The photo you just took',
  'camera.live': 'Camera picture',
  'camera.denied.title': 'The camera is blocked',
  'camera.denied.do': 'Allow the camera for this site in the address bar or in Settings, then try again.',
  'camera.none.title': 'No camera found',
  'camera.none.do': 'Connect a camera, or upload a file instead.',
  'camera.busy.title': 'The camera is in use',
  'camera.busy.do': 'Close the other app that uses the camera, then try again.',
  'camera.insecure.title': 'The camera needs a secure connection',
  'camera.insecure.do': 'Open this page over https.',
  'camera.private': 'The photo goes straight to encrypted storage. Nothing is kept on this device.',
} as const

type KitText = Record<keyof typeof en, string>

const es: KitText = {
  back: 'Atrás',
  next: 'Continuar',
  skip: 'Omitir',
  finish: 'Terminar',
  close: 'Cerrar',
  language: 'Idioma',
  'step.of': 'Paso {{step}} de {{total}}',
  'save.saving': 'Guardando…',
  'save.saved': 'Guardado',
  'save.failed': 'Aún no se ha guardado. Seguimos intentando; deje esta página abierta.',
  'answer.yes': 'Sí',
  'answer.no': 'No',
  'answer.optional': 'Opcional',
  'answer.required': 'Responda para continuar.',
  'answer.chooseOne': 'Elija una opción',
  'answer.chooseAny': 'Elija todas las que correspondan',
  'date.month': 'Mes',
  'date.day': 'Día',
  'date.year': 'Año',
  'date.invalid': 'Esta fecha no existe. Revísela, por favor.',
  'sign.legend': 'Su firma',
  'sign.draw': 'Dibujar',
  'sign.type': 'Escribir',
  'sign.clear': 'Borrar',
  'sign.undo': 'Deshacer el último trazo',
  'sign.here': 'Firme aquí con el dedo, un lápiz o el ratón',
  'sign.typeName': 'Escriba su nombre completo',
  'sign.typedMeaning': 'Escribir su nombre equivale a su firma.',
  'error.offline.title': 'Sin conexión',
  'error.offline.do': 'Lo que escribió sigue aquí. Revise su conexión e inténtelo de nuevo.',
  'error.title': 'No se pudo completar',
  'error.do': 'Inténtelo de nuevo. Si vuelve a ocurrir, llame a la clínica y dé esta referencia.',
  'error.retry': 'Intentar de nuevo',
  'error.reference': 'Referencia',
  'refusal.why': 'Por qué',
  'refusal.rule': 'Norma',
  'refusal.whoCanFix': 'Quién puede ayudar',
  'camera.starting': 'Iniciando la cámara…',
  'camera.take': 'Tomar foto',
  'camera.retake': 'Repetir',
  'camera.use': 'Usar foto',
  'camera.switch': 'Cambiar de cámara',
  'camera.ghost': 'Mostrar la última foto como guía',
  'camera.preview': 'La foto que acaba de tomar',
  'camera.live': 'Imagen de la cámara',
  'camera.denied.title': 'La cámara está bloqueada',
  'camera.denied.do': 'Permita la cámara para este sitio en la barra de direcciones o en Ajustes e inténtelo de nuevo.',
  'camera.none.title': 'No se encontró ninguna cámara',
  'camera.none.do': 'Conecte una cámara o suba un archivo.',
  'camera.busy.title': 'La cámara está en uso',
  'camera.busy.do': 'Cierre la otra aplicación que usa la cámara e inténtelo de nuevo.',
  'camera.insecure.title': 'La cámara necesita una conexión segura',
  'camera.insecure.do': 'Abra esta página con https.',
  'camera.private': 'La foto va directamente al almacenamiento cifrado. Nada queda en este dispositivo.',
}

export const kitTexts: Record<Language, KitText> = { en, es }

export const isLanguage = (value: unknown): value is Language => languages.some((language) => language === value)

/** `?lang=es` wins, then what the browser asks for. The choice is not stored: it is somebody else's turn next. */
export function preferredLanguage(search: string, browserLanguages: readonly string[]): Language {
  const asked = new URLSearchParams(search).get('lang')
  if (isLanguage(asked)) return asked
  return browserLanguages.map((tag) => tag.slice(0, 2).toLowerCase()).find(isLanguage) ?? 'en'
}

/** Starts i18next with the kit's texts (namespace `kit`); features add theirs with `i18n.addResourceBundle`. */
export function startI18n(language: Language): typeof i18next {
  void i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    defaultNS: 'kit',
    resources: { en: { kit: en }, es: { kit: es } },
    keySeparator: false,
    nsSeparator: ':',
    interpolation: { escapeValue: false },
    returnNull: false,
  })
  i18next.on('languageChanged', (next) => {
    document.documentElement.lang = next
  })
  document.documentElement.lang = language
  return i18next
}
