/** Why a file cannot become a photo. `why` is one sentence for the person holding the camera; it never names the file. */
export interface PhotoRefusal {
  refused: true
  code: 'not-an-image' | 'type' | 'too-large' | 'too-many-pixels' | 'damaged' | 'empty'
  why: string
}

const refusal = (code: PhotoRefusal['code'], why: string): PhotoRefusal => ({ refused: true, code, why })

export const refusals = {
  empty: refusal('empty', 'This file is empty; take or choose the photo again.'),
  notAnImage: refusal('not-an-image', 'This file is not a photo; choose a JPEG, PNG, WebP or HEIC picture.'),
  type: refusal(
    'type',
    'Files of this kind cannot be kept as photos; save it as JPEG, PNG, WebP or HEIC and choose that.',
  ),
  moving: refusal('type', 'This is a moving picture; save one still of it as JPEG and choose that.'),
  tooLarge: refusal(
    'too-large',
    'This file is larger than 40 MB; export the photo as JPEG or take it again in a smaller size.',
  ),
  tooManyPixels: refusal(
    'too-many-pixels',
    'This photo has more than 60 megapixels or a side of more than 16,384 pixels; take it again in a smaller size.',
  ),
  damaged: refusal(
    'damaged',
    'This photo is damaged and cannot be shown whole; copy it from the camera again or take a new one.',
  ),
} as const
