import type { InjectionPoint, InjectionProduct } from '../../ui/injection-map.tsx'
import type { Injection, Product } from './chart-queries.ts'

/** A stored injection as the map draws it. */
export const pointOf = ({ id, x, y, zone, product, units, lot }: Injection): InjectionPoint => ({
  id,
  x,
  y,
  zone,
  product,
  units,
  lot,
})

/** A point of the map as it is stored: with the product's unit and the lot's expiry, and what the map does not know kept as it was. */
export const injectionOf =
  (products: readonly Product[], before: readonly Injection[]) =>
  (point: InjectionPoint): Injection => {
    const product = products.find(({ name }) => name === point.product)
    const known = before.find(({ id, product: name }) => id === point.id && name === point.product)
    const expiresOn = product?.lots.find(({ lot }) => lot === point.lot)?.expiresOn ?? known?.expiresOn
    return {
      ...known,
      ...point,
      view: 'front',
      unit: product?.unit ?? known?.unit ?? 'units',
      ...(expiresOn ? { expiresOn } : {}),
    }
  }

export interface LastUsed {
  product: string
  lot: string
}

/**
 * What the syringe offers: the product and lot of the last point in front, then what is on the shelf, then the rest. Of the lots, the one that
 * expires first in front; expired ones come last: never offered, but to be recorded when one was used.
 */
export const syringesOf = (
  products: readonly Product[],
  { lastUsed, today }: { lastUsed: LastUsed | undefined; today: string },
): InjectionProduct[] => {
  const rankOfLot = ({ lot, expiresOn }: Product['lots'][number]) =>
    expiresOn < today ? 2 : lot === lastUsed?.lot ? 0 : 1
  const rank = ({ name, lots }: Product) => (name === lastUsed?.product ? 0 : lots.length > 0 ? 1 : 2)
  return products
    .toSorted((a, b) => rank(a) - rank(b))
    .map(({ name, unit, usualDose, lots }) => ({
      name,
      unit,
      usualDose,
      lots: lots.toSorted((a, b) => rankOfLot(a) - rankOfLot(b)).map(({ lot }) => lot),
    }))
}

/** For reading: the products that the points themselves name, so that a signed note shows what was true when it was signed. */
export const namedProducts = (injections: readonly Injection[]): InjectionProduct[] =>
  [...new Map(injections.map(({ product, unit }) => [product, unit]))].map(([name, unit]) => ({
    name,
    unit,
    usualDose: 0,
    lots: [],
  }))

/** Lots among these points that are past their date today. */
export const expiredLots = (injections: readonly Injection[], today: string): string[] => [
  ...new Set(
    injections
      .filter(({ expiresOn }) => expiresOn !== undefined && expiresOn < today)
      .map(({ product, lot }) => `${product}, lot ${lot}`),
  ),
]
