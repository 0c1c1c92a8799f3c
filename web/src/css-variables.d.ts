import 'react'

declare module 'react' {
  interface CSSProperties {
    [name: `--n-${string}`]: string | number | undefined
  }
}
