import { type AsyncRouteComponent, lazyRouteComponent } from '@tanstack/react-router'
import { type ComponentType, lazy, type LazyExoticComponent } from 'react'
import { CodeError } from '../api/http'

/**
 * Code loaded on demand; fails with a `CodeError`.
 * The browser's own error would make the router reload the document, hence show the browser's page when nothing answers.
 */
export const fetched = <T>(importer: () => Promise<T>) => (): Promise<T> =>
  importer().catch((cause: unknown) => {
    throw new CodeError(cause)
  })

/** A screen loaded on demand: `page(() => import('./pages/HomePage'), 'HomePage')`. */
export function page<T extends Record<K, () => React.ReactNode>, K extends keyof T & string>(
  importer: () => Promise<T>,
  name: K,
): AsyncRouteComponent<object> {
  return lazyRouteComponent(fetched(importer), name) as AsyncRouteComponent<object>
}

/** A part of a screen loaded on demand, drawn inside a `Suspense`: `part(async () => (await import('./Taches')).Taches)`. */
export const part = <P extends object>(importer: () => Promise<ComponentType<P>>): LazyExoticComponent<ComponentType<P>> =>
  lazy(fetched(async () => ({ default: await importer() })))
