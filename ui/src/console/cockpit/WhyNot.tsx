import { useInfiniteQuery } from '@tanstack/react-query'
import type { DocumentView } from '@shared/api/types'
import { activiteQuery } from '../api/queries'
import classes from './WhyNot.module.css'

/** Why a document could not be made, as the activity tells it. */
export function WhyNot({ document, demarcheId }: { document: DocumentView; demarcheId: string }) {
  const { data } = useInfiniteQuery(activiteQuery(demarcheId, ['document'], `document:${document.id}`))
  const failure = data?.pages.flatMap((page) => page.items).find((line) => line.type === 'DocumentFailed')
  return failure?.detail ? <p className={classes.reason}>{failure.detail}</p> : null
}
