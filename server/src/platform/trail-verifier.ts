import { parentPort, workerData } from 'node:worker_threads'
import { verify } from '../../../verify/nacre-verify.mjs'
import type { VerifyRequest } from './trail-export.ts'

/** One request, one report. The verifier is the file that anybody can run without this product. */
const request: VerifyRequest = workerData
parentPort?.postMessage(await verify({ publishedHeadsPath: undefined, ...request }))
