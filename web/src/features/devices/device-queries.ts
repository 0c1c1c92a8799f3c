import { useQuery } from '@tanstack/react-query'
import type { operations } from '../../api.gen'
import { api, data } from '../../client.ts'

type Answer<Name extends keyof operations> = operations[Name] extends { responses: { 200: { content: { 'application/json': infer Body } } } } ? Body : never
export type OwnDevice = Answer<'device.own'>
export type DeviceCard = Answer<'device.list'>[number]
export type FactLine = DeviceCard['posture']['lines'][number]
export type Policy = Answer<'device.policy'>['policy']
export type Rules = Answer<'device.policy'>['rules']
export type Sources = Answer<'device.sources'>

export const ownDeviceKey = ['device'] as const
export const devicesKey = ['devices'] as const
export const policyKey = ['device-policy'] as const
export const sourcesKey = ['device-sources'] as const

const LOOK_EVERY_MS = 60_000
/** How this device stands. Asked again in the background, which is no use of the session. */
export const useOwnDevice = () =>
  useQuery({ queryKey: ownDeviceKey, queryFn: () => data(api.GET('/api/device', { headers: { 'Nacre-Background': '1' } })), refetchInterval: LOOK_EVERY_MS })
export const useDevices = () => useQuery({ queryKey: devicesKey, queryFn: () => data(api.GET('/api/devices')) })
export const usePolicy = () => useQuery({ queryKey: policyKey, queryFn: () => data(api.GET('/api/device-policy')) })
export const useSources = () => useQuery({ queryKey: sourcesKey, queryFn: () => data(api.GET('/api/device-sources')) })
export const usePractice = () => useQuery({ queryKey: ['practice'], queryFn: () => data(api.GET('/api/practice')) })
export const useTeam = () => useQuery({ queryKey: ['users'], queryFn: () => data(api.GET('/api/users')) })
