import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Where `npm start` serves the API while the web app is being developed. */
const apiOrigin = process.env.NACRE_API ?? 'http://localhost:8080'

/**
 * The strict Content-Security-Policy decides two options here: fonts may not become `data:` URLs (font-src 'self')
 * and Vite's module-preload polyfill may not be injected.
 */
// oxlint-disable-next-line import/no-default-export -- Vite reads its configuration from the default export
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  server: { port: 5173, proxy: { '/api': { target: apiOrigin, changeOrigin: false } } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: ['es2023', 'safari17'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    chunkSizeWarningLimit: 600,
  },
})
