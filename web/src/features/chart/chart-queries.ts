import { useQuery } from '@tanstack/react-query'
import type { operations } from '../../api.gen'
import { api, data } from '../../client'

type Answer<Name extends keyof operations> = operations[Name] extends {
  responses: { 200: { content: { 'application/json': infer T } } }
}
  ? T
  : never

export type Chart = Answer<'chart.open'>
export type Alert = Chart['alerts'][number]
export type ChartVisit = Chart['visits'][number]
export type ChartConsent = Chart['consents'][number]
export type NoteLine = Chart['notes'][number]
export type Note = Answer<'note.read'>
export type NoteContent = Pick<Note, 'body' | 'injections'>
export type NoteBody = Note['body']
export type Injection = Note['injections'][number]
export type Product = Answer<'product.list'>[number]

export const chartKey = (patientId: string) => ['chart', patientId]
export const noteKey = (patientId: string, noteId: string) => ['note', patientId, noteId]
export const productsKey = ['products']

export const useChart = (patientId: string) =>
  useQuery({
    queryKey: chartKey(patientId),
    queryFn: () => data(api.GET('/api/patients/{patientId}/chart', { params: { path: { patientId } } })),
  })

export const readNote = (patientId: string, noteId: string) =>
  data(api.GET('/api/patients/{patientId}/notes/{noteId}', { params: { path: { patientId, noteId } } }))

/** A note is asked for anew each time it is opened: a draft may have gone on in another window. */
export const useNote = (patientId: string, noteId: string) =>
  useQuery({
    queryKey: noteKey(patientId, noteId),
    queryFn: () => readNote(patientId, noteId),
    staleTime: 0,
    gcTime: 0,
  })

export const useProducts = () => useQuery({ queryKey: productsKey, queryFn: () => data(api.GET('/api/products')) })
