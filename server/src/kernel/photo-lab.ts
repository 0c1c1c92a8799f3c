/** The lab that makes renditions of a photo: a hand of the platform, used by jobs. */
export interface Rendition {
  bytes: Buffer
  width: number
  height: number
}
export interface PhotoRefused {
  refused: true
  code: string
  why: string
}
export interface Images {
  /** Type and size from the content, before any pixel is decoded. */
  inspect(bytes: Buffer): Promise<{ type: string; width: number; height: number } | PhotoRefused>
  /** Upright, without metadata, in three sizes. */
  develop(bytes: Buffer): Promise<{ full: Rendition; screen: Rendition; thumb: Rendition; takenAt?: string } | PhotoRefused>
}
