/** The part of heic-decode 2.1 that the HEIC worker calls; the package ships no types. */
declare module 'heic-decode' {
  export interface TopLevelImage {
    /** Pixels, upright: irot and imir are applied. */
    width: number
    height: number
    /** Decodes now, in this thread. RGBA, 8 bits a channel. Rejects on damage. */
    decode(): Promise<{ width: number; height: number; data: Uint8ClampedArray<ArrayBuffer> }>
  }
  /** Reads the container only. Throws when it is not HEIF or holds no image. */
  export const all: (input: { buffer: Uint8Array }) => Promise<TopLevelImage[] & { dispose(): void }>
}
