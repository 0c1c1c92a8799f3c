import { conflict, Denied } from '#kernel/errors.ts'
import type { Tx } from '#kernel/tx.ts'
import { device, DeviceId, devicePin } from '#schema/devices'
import type { HoldKind } from './holds.ts'

const DETAIL = { personal: 'Her own device', practice: 'Is named as one who works at it' } as const
const inUse = (tx: Tx) => tx.list(device, { state: 'enrolled' }, { open: ['name'] })

/** Devices at which somebody is named, or changes to herself by a PIN. Those that are everybody's are nobody's to take away. */
export const devicesHeld: HoldKind = {
  kind: 'device',
  async of(tx) {
    const [devices, pins] = await Promise.all([inUse(tx), tx.list(devicePin, {}, { open: [] })])
    return ({ id }) =>
      devices
        .filter((d) => d.people.includes(id) || pins.some((p) => p.deviceId === d.id && p.userId === id))
        .map((d) => ({ hold: `device:${d.id}`, kind: 'device', label: d.name, detail: DETAIL[d.ownership] }))
  },
  async remove(tx, { id }, what) {
    const { id: deviceId, state, people } = await tx.lock(device, { id: DeviceId.parse(what) })
    const others = people.filter((named) => named !== id)
    if (state !== 'enrolled') throw conflict('This device is out of use already.')
    // A device that is hers alone must not become everybody's.
    if (people.includes(id) && others.length === 0)
      throw new Denied({
        rule: 'last-of-its-kind',
        why: 'She is the only one who may use this device. Without her name everybody could: retire it instead.',
        whoCanFix: 'Whoever looks after the devices',
        fix: { label: 'Open the devices', href: '/devices' },
      })
    await tx.remove(devicePin, { deviceId, userId: id })
    if (others.length < people.length) await tx.change(device, { id: deviceId }, { people: others })
  },
}
