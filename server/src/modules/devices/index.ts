import './controls.ts'
import './endings.ts'

export { endDevicesOf } from './register.ts'
export { routes } from './routes.ts'
export { changePolicy } from './settings.ts'
export { signedText } from './key-proof.ts'
