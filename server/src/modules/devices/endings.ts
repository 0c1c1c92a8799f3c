import { whenAccessEnds } from '#modules/identity'
import { endDevicesOf } from './register.ts'
import { devicePin } from './schema.ts'

whenAccessEnds({ what: 'PINs at shared devices', on: ['left', 'recovered'], end: (tx, userId) => tx.remove(devicePin, { userId }) })
whenAccessEnds({ what: 'devices of her own', on: ['left'], end: async (tx, userId) => (await endDevicesOf(tx, userId)).devices })
