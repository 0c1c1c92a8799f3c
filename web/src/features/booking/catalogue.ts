import type { operations } from '../../api.gen'

export type Catalogue = operations['booking.catalogue']['responses'][200]['content']['application/json']
export type FreeSlots = operations['booking.slots']['responses'][200]['content']['application/json']
export type Booked = operations['booking.book']['responses'][200]['content']['application/json']
export type Place = Catalogue['locations'][number]
export type Service = Catalogue['services'][number]
export type Provider = Catalogue['providers'][number]

/** Providers who perform the service at the place. */
export const providersFor = (catalogue: Catalogue, service: Service, place: Place): Provider[] =>
  catalogue.providers.filter(({ id, locationIds }) => service.providerIds.includes(id) && locationIds.includes(place.id))

/** Services that somebody performs at the place. */
export const servicesAt = (catalogue: Catalogue, place: Place): Service[] =>
  catalogue.services.filter((service) => providersFor(catalogue, service, place).length > 0)

/** Places where anything can be booked. */
export const openPlaces = (catalogue: Catalogue): Place[] =>
  catalogue.locations.filter((place) => servicesAt(catalogue, place).length > 0)

/** Who books: in memory only, gone with the page. */
export interface Person {
  givenName: string
  familyName: string
  birthDate: string | undefined
  email: string
  phone: string
}
export const nobody: Person = { givenName: '', familyName: '', birthDate: undefined, email: '', phone: '' }

export const hasName = ({ givenName, familyName }: Person) => givenName.trim() !== '' && familyName.trim() !== ''
export const isEmail = (text: string) => /^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/.test(text.trim())
export const isPhone = (text: string) => text.replace(/\D/g, '').length >= 10
