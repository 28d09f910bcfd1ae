import { useInfiniteQuery } from '@tanstack/react-query'
import type { DemarcheView } from '@shared/api/types'
import { Avatar } from '@shared/components/Avatar'
import { useNow } from '@shared/hooks/useNow'
import { activiteQuery } from '../api/queries'
import { stamp } from '../components/time'
import classes from './Comments.module.css'
import { Composer } from './Composer'
import { can } from './droits'

/** What was written about one object, newest first, and the field to write more. */
export function Comments({ demarche, objet }: { demarche: DemarcheView; objet: string }) {
  const now = useNow()
  const { data } = useInfiniteQuery(activiteQuery(demarche.id, ['echange'], objet))
  const lines = (data?.pages.flatMap((page) => page.items) ?? []).slice(0, 12)
  return (
    <section className={classes.comments}>
      <h3>Commentaires</h3>
      {lines.length > 0 && (
        <ul>
          {lines.map((line) => (
            <li key={line.id} className={classes.comment} data-interne={line.interne || undefined}>
              <Avatar nom={line.acteur ?? 'eLaska'} taille={26} />
              <div>
                <p className={classes.quote}>{line.detail ?? line.titre}</p>
                <p className={classes.meta}>{line.acteur}, {stamp(line.at, now)}{line.interne && ' · interne'}</p>
              </div>
            </li>
          ))}
        </ul>
      )}
      {can(demarche, 'journal.commenter') && <Composer demarcheId={demarche.id} client={demarche.client_nom} objet={objet} placeholder="Commenter…" />}
    </section>
  )
}
