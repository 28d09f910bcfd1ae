import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { expect, test, vi } from 'vitest'
import { refresh } from './refresh'

test('news that come during the first answer make it asked again', async () => {
  const client = new QueryClient()
  const answers = ['en pause', 'en cours']
  const arrivals: (() => void)[] = []
  const queryFn = () => {
    const answer = answers.shift()
    return new Promise((resolve) => arrivals.push(() => resolve(answer)))
  }
  const observer = new QueryObserver(client, { queryKey: ['demarche', '1'], queryFn })
  const stop = observer.subscribe(() => undefined)
  await vi.waitFor(() => expect(arrivals).toHaveLength(1))

  refresh(client, (query) => query.queryKey[0] === 'demarche')
  arrivals[0]?.()
  await vi.waitFor(() => expect(arrivals).toHaveLength(2))
  arrivals[1]?.()
  await vi.waitFor(() => expect(observer.getCurrentResult().data).toBe('en cours'))
  stop()
})
