import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Frame {
  functionName: string
  url: string
  lineNumber: number
}
interface Profile {
  nodes: { id: number; callFrame: Frame; children?: number[] }[]
  samples: number[]
  timeDeltas: number[]
}

const REPOSITORY = /^.*\/(?=(?:server|node_modules|bench)\/)/
const nameOf = ({ functionName, url, lineNumber }: Frame) => `${functionName || '(anonymous)'} ${url.replace(REPOSITORY, '')}${url ? `:${lineNumber + 1}` : ''}`.trim()

/** The profile of the process that ran longest: the one that a folder of `--cpu-prof` holds, largest first. */
export const profileIn = (folder: string): Profile => {
  const profiles = readdirSync(folder).filter((f) => f.endsWith('.cpuprofile')).map((f) => readFileSync(join(folder, f), 'utf8'))
  const [largest] = profiles.toSorted((a, b) => b.length - a.length)
  if (!largest) throw new Error('no profile was written')
  return JSON.parse(largest) as Profile
}

/** Samples with what they were within, leaving out idling and the time before the load. */
const walk = ({ nodes, samples, timeDeltas }: Profile, visit: (frames: Frame[], microseconds: number) => void) => {
  const byId = new Map(nodes.map((n) => [n.id, n]))
  const parents = new Map(nodes.flatMap((n) => (n.children ?? []).map((child) => [child, n.id] as const)))
  const stacks = new Map<number, Frame[]>()
  const stackOf = (id: number): Frame[] => {
    const known = stacks.get(id)
    if (known) return known
    const frames: Frame[] = []
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const frame = byId.get(at)?.callFrame
      if (frame) frames.push(frame)
    }
    stacks.set(id, frames)
    return frames
  }
  for (const [i, id] of samples.entries()) {
    const frames = stackOf(id)
    const leaf = frames[0]?.functionName
    const isStart = frames.some((f) => /^(run_main|compile|import|ModuleJob|link|evaluate)/.test(f.functionName) || /esm\/|run_main/.test(f.url))
    if (leaf !== '(idle)' && leaf !== '(program)' && !isStart) visit(frames, timeDeltas[i] ?? 0)
  }
}

/** The share of busy time spent within these functions. */
export const shareOf = (profile: Profile, names: readonly string[]): number => {
  let within = 0
  let all = 0
  walk(profile, (frames, time) => {
    all += time
    if (frames.some((f) => names.includes(f.functionName))) within += time
  })
  return all === 0 ? 0 : within / all
}

/** The functions that take most time themselves. */
export const topOf = (profile: Profile, most: number): string[] => {
  const self = new Map<string, number>()
  let all = 0
  walk(profile, ([leaf], time) => {
    all += time
    if (leaf) self.set(nameOf(leaf), (self.get(nameOf(leaf)) ?? 0) + time)
  })
  return [...self].toSorted((a, b) => b[1] - a[1]).slice(0, most).map(([name, time]) => `${((100 * time) / all).toFixed(1).padStart(5)} %  ${name}`)
}

/** Functions of ours by the time spent within them, calls included. */
export const withinOf = (profile: Profile, most: number): string[] => {
  const within = new Map<string, number>()
  let all = 0
  walk(profile, (frames, time) => {
    all += time
    for (const name of new Set(frames.filter((f) => f.url.includes('/server/src/')).map(nameOf))) within.set(name, (within.get(name) ?? 0) + time)
  })
  return [...within].toSorted((a, b) => b[1] - a[1]).slice(0, most).map(([name, time]) => `${((100 * time) / all).toFixed(1).padStart(5)} %  ${name}`)
}
