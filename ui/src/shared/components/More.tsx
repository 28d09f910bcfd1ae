import { Button } from '@mantine/core'
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import classes from './More.module.css'

interface Props {
  feed: Pick<UseInfiniteQueryResult<InfiniteData<unknown>>, 'isFetchingNextPage' | 'isFetchNextPageError' | 'fetchNextPage' | 'hasNextPage'>
}

/** Loads what comes next when it comes into view; a button for the keyboard, and after a failure. */
export function More({ feed }: Props) {
  const { isFetchingNextPage: busy, isFetchNextPageError: failed } = feed
  const mark = useRef<HTMLDivElement>(null)
  const more = useRef(feed.fetchNextPage)
  useEffect(() => {
    more.current = feed.fetchNextPage
  })
  useEffect(() => {
    const element = mark.current
    if (!element || failed || busy) return
    // Observed anew after each page: a page too short to push this out of view asks for the next one.
    const observer = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting) void more.current()
    }, { rootMargin: '300px' })
    observer.observe(element)
    return () => observer.disconnect()
  }, [failed, busy])
  if (!feed.hasNextPage) return null
  return (
    <div ref={mark} className={classes.more}>
      <Button variant="subtle" loading={busy} onClick={() => void feed.fetchNextPage()}>{failed ? 'Réessayer' : 'Voir la suite'}</Button>
    </div>
  )
}
