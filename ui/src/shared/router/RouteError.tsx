import { type ErrorComponentProps, useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { CodeError } from '../api/http'
import { ErrorState } from '../components/States'
import classes from './RouteError.module.css'

/** A screen that could not be shown, with its way out; the frame around it stays. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  const [last, setLast] = useState<unknown>(error)
  const retry = async (): Promise<void> => {
    if (!(last instanceof CodeError)) {
      reset()
      await router.invalidate()
      return
    }
    try {
      // A browser keeps the failure of a module for the life of the page: only a new page asks again. It is asked
      // for once the server answers, so that nobody is left on the browser's own error page.
      await fetch('/favicon.svg', { method: 'HEAD', cache: 'no-store' })
      location.reload()
    } catch {
      setLast(new CodeError(last.cause))
    }
  }
  return (
    <div className={classes.page}>
      <h1 className="el-hors-vue">Page indisponible</h1>
      <ErrorState error={last} onRetry={() => void retry()} />
    </div>
  )
}
