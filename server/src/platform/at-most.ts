/** Lets at most `limit` jobs run at the same time; the others wait their turn in order of arrival. */
export const atMost = (limit: number) => {
  const waiting: Array<() => void> = []
  let running = 0

  const enter = async () => {
    if (running < limit) running += 1
    // The one who leaves hands over its place, so nobody who comes in between can take it.
    else await new Promise<void>((resolve) => waiting.push(resolve))
  }
  const leave = () => {
    const next = waiting.shift()
    if (next === undefined) running -= 1
    else next()
  }

  return async <T>(job: () => Promise<T>): Promise<T> => {
    await enter()
    try {
      return await job()
    } finally {
      leave()
    }
  }
}
